"""The columns that an import knows, under the names that people and programs give them.

docs/import.md explains the columns to people; ``COLUMNS`` is what it is checked against.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

# column -> other names it is known by (compared without case, accents, blanks and punctuation)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("review_id", "external_id", "reference", "ref", "origin_ref", "identifiant", "numero"),
    "kind": ("type", "nature"),
    "parent": ("parent_id", "question_id", "id_question", "in_reply_to", "en_reponse_a"),
    "product": (
        "product_id",
        "product_ref",
        "item",
        "item_id",
        "clothing_id",
        "asin",
        "produit",
        "article",
        "reference_produit",
        "id_produit",
    ),
    "product_sku": ("sku", "skus", "variant_sku", "reference_article"),
    "product_handle": ("product_slug", "handle", "slug"),
    "product_gtin": ("gtin", "gtins", "ean", "ean13", "upc", "barcode", "code_barres"),
    "product_url": ("product_link", "product_page", "url_produit", "lien_produit"),
    "title": ("review_title", "subject", "headline", "summary", "titre", "objet"),
    "text": (
        "review_text",
        "review",
        "body",
        "content",
        "comment",
        "message",
        "review_body",
        "review_content",
        "question",
        "texte",
        "avis",
        "commentaire",
        "contenu",
    ),
    "stars": ("rating", "score", "review_rating", "star_rating", "overall", "note", "etoiles", "nombre_etoiles"),
    "author_name": (
        "author",
        "name",
        "nickname",
        "reviewer",
        "reviewer_name",
        "customer_name",
        "display_name",
        "auteur",
        "nom",
        "pseudo",
        "prenom",
    ),
    "author_email": ("email", "e_mail", "reviewer_email", "customer_email", "mail", "courriel", "adresse_mail"),
    "author_id": ("reviewer_id", "author_ref", "customer_ref", "consumer_id", "id_auteur"),
    "language": ("lang", "locale", "review_language", "langue"),
    "submitted_at": ("date", "created_at", "submitted", "review_date", "posted_at", "date_avis", "publie_le"),
    "experienced_on": (
        "experience_date",
        "date_of_experience",
        "purchased_on",
        "purchase_date",
        "date_experience",
        "date_achat",
    ),
    "verified": ("verified_purchase", "verified_buyer", "is_verified", "achat_verifie", "verifie"),
    "order_ref": ("order", "order_id", "order_number", "reference_id", "commande", "numero_commande"),
    "incentive": ("incentivized", "is_incentivized", "is_incentivized_review", "reward", "contrepartie"),
    "syndicated_from": ("syndication_source", "source_site", "first_published_on", "origine", "site_origine"),
    "syndicated_url": ("review_url", "review_link", "permalink", "lien_avis"),
    "photos": (
        "picture_urls",
        "photo_urls",
        "image_urls",
        "images",
        "pictures",
        "photo",
        "image",
        "media_urls",
        "url_photos",
    ),
    "reply": (
        "answer",
        "response",
        "brand_reply",
        "company_reply",
        "merchant_reply",
        "review_reply",
        "reponse",
        "reponse_marque",
    ),
    "reply_at": ("reply_date", "replied_at", "answer_date", "response_date", "date_reponse"),
    "reply_author": ("replied_by", "answered_by", "auteur_reponse"),
    "status": ("state", "curated", "moderation_status", "review_status", "statut", "etat"),
    "size_worn": ("size", "size_purchased", "taille", "taille_portee"),
    "fit_felt": ("fit", "sizing", "coupe", "ressenti_taille"),
    "age": ("reviewer_age", "tranche_age"),
    "height_cm": ("height", "taille_cm", "stature"),
    "votes_up": (
        "helpful",
        "helpful_count",
        "positive_feedback_count",
        "upvotes",
        "votes_utiles",
        "utile",
    ),
    "votes_down": ("unhelpful", "unhelpful_count", "downvotes", "votes_inutiles"),
}
PRODUCT = ("product", "product_sku", "product_handle", "product_gtin", "product_url")
"""The columns that may name the product, the surest first."""
SAID = ("text", "stars", "title")
"""One of these must be there."""
SEVERAL = frozenset({"photos"})
"""Columns that several headers may fill together; of all others the first filled one counts."""


def canonical(header: str) -> str:
    """A header without case, accents, blanks and punctuation."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return "".join(character for character in plain if character.isalnum())


_EXACT: Mapping[str, str] = {canonical(column): column for column in COLUMNS}
_OTHERS: Mapping[str, str] = {canonical(name): column for column, others in COLUMNS.items() for name in others}


def match_headers(headers: Sequence[str], first: Mapping[str, str] | None = None) -> dict[str, str]:
    """Header -> column, for those that are understood. ``first`` (canonical name -> column, "" for none) is what a
    layout says and wins; then a column's own name, then its other names. Only a layout fills a column from several
    headers: the first of them that a row fills counts."""
    found: dict[str, str] = {}
    layout = first or {}
    for names in (layout, _EXACT, _OTHERS):
        for header in headers:
            key = canonical(header)
            column = names.get(key)
            if column is None or header in found or (names is not layout and key in layout):
                continue
            if column and (names is layout or column not in found.values() or column in SEVERAL):
                found[header] = column
    return found


def missing(columns: Iterable[str], *, product: bool = True) -> tuple[str, ...]:
    """What a table lacks to be one of voices: somewhere a product, somewhere something said."""
    present = set(columns)
    lacking = ["product"] if product and not present & set(PRODUCT) else []
    return (*lacking, *(["text"] if not present & set(SAID) else []))


def distinct(headers: Sequence[str]) -> tuple[str, ...]:
    """Headers made different where a file names two columns alike: "note", "note (2)"; blank ones get a number."""
    seen: dict[str, int] = {}
    made: list[str] = []
    taken = {header.strip() for header in headers}
    for position, header in enumerate(headers, 1):
        name = header.strip() or f"({position})"
        count = seen.get(name, 0) + 1
        seen[name] = count
        label = name
        while count > 1 and (label == name or label in taken):
            label = f"{name} ({count})"
            count += 1
        taken.add(label)
        made.append(label)
    return tuple(made)
