"""Which reviews help a shopper decide, and why.

The text part is a linear model learnt on how many shoppers found a clothing review helpful, relative to the other
reviews of the same product. Votes, where there are any, count for what they prove: a share
shrunk towards the text's own score.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from parvis.core.tables import optional, require
from parvis.science.text.files import folder
from parvis.science.text.grams import words
from parvis.science.text.linear import Floats, Linear, load, sigmoid
from parvis.science.text.reading import MAX_CHARS, MAX_TITLE
from parvis.science.text.tokens import cut

_PART = 1000
_PRIOR_VOTES = 6.0  # votes that the text's own score is worth
_HALF = 4.0  # helpful votes at which "many found it useful" is half certain
_DETAILED = 45  # words
_NOTHING = -3.0
_SIZE = r"(xx?s|s|m|l|xx?l|small|medium|large|petite|\d{1,2}[pw]?)"
_PHRASES = {
    "gives_size_worn": rf"\b(size|sized|taille) ?{_SIZE}\b|\b{_SIZE} fits?\b|"
    r"\b(ordered|bought|got|wear|took|usually|normally|prise?|pris|porte|commandée?|mets|fais) "
    rf"(a |an |the |my |du |un |une |en |size |usual |taille )*{_SIZE}\b",
    "gives_height": r"\b[4-6] ?['’′] ?\d{0,2}|\b[4-6] ?(ft|feet|foot)\b|\b1 ?[m,.] ?[4-9]\d\b|\b1[4-9]\d ?cm\b|"
    r"\b\d{2,3} ?(lbs?|pounds|kg|kilos)\b|\b3\d ?(a|b|c|dd?d?)\b",
    "compares": r"\b(compared? (to|with)|other (brands?|reviewers?|colors?|sizes?)|than (the|my|other)|similar to|"
    r"both sizes|comparée? (à|aux?)|par rapport (à|aux?)|que (l['’]autre|les autres)|"
    r"autres (marques?|modèles?|avis))\b",
    "mentions_drawbacks": r"\b(but|however|unfortunately|only (issue|complaint|downside|drawback|problem)|wish|"
    r"disappoint\w*|return(ed|ing)?|mais|cependant|dommage|seul (bémol|défaut|souci)|malheureusement|déçue?|"
    r"décevante?|retourn\w+|renvoy\w+)\b",
}
_PATTERNS = {reason: re.compile(pattern, re.IGNORECASE) for reason, pattern in _PHRASES.items()}


def rank_reviews(reviews: pl.DataFrame) -> pl.DataFrame:
    """How useful each review is to someone deciding, with reasons; rows in the order given.

    reviews: id, product (any types, returned unchanged), text; optional title, rating, submitted_at, votes_up,
    votes_down, verified, media (a count, a flag or a list). Returns id, product, score 0..1 (comparable within a
    product), reasons: list of keys explained by :func:`reason_phrases`. A score never depends on the other rows.

    Raises :class:`parvis.core.tables.TableError` naming the column and row that cannot be read.
    """
    reviews = require(reviews, {"id": None, "product": None, "text": pl.String})
    reviews = optional(
        reviews, {"title": pl.String, "votes_up": pl.Float64, "votes_down": pl.Float64, "verified": pl.Boolean}
    )
    texts = [(t or "")[:MAX_CHARS] for t in reviews["text"]]
    titles = [(t or "")[:MAX_TITLE] for t in reviews["title"]]
    own = np.concatenate(
        [np.zeros(0)] + [words_score(titles[i : i + _PART], texts[i : i + _PART]) for i in range(0, len(texts), _PART)]
    )
    up = np.maximum(reviews["votes_up"].fill_null(0).to_numpy(), 0)
    down = np.maximum(reviews["votes_down"].fill_null(0).to_numpy(), 0)
    seen = _media(reviews)
    verified = reviews["verified"].fill_null(False).to_numpy()
    score = _with_votes(sigmoid(own + 0.35 * seen + 0.15 * verified), up, down)
    reasons = [
        _reasons(f"{title} {text}", bool(photo), bool(bought), float(votes))
        for title, text, photo, bought, votes in zip(titles, texts, seen, verified, up - down, strict=True)
    ]
    return pl.DataFrame(
        {
            "id": reviews["id"],
            "product": reviews["product"],
            "score": score,
            "reasons": pl.Series(reasons, dtype=pl.List(pl.String)),
        }
    )


def words_score(titles: list[str], texts: list[str], model: Linear | None = None) -> Floats:
    """Standardised score of the words alone; -3 where nothing is said, which helps nobody."""
    model = model or load("usefulness")
    count = len(texts)
    tokens = cut([piece for pair in zip(titles, texts, strict=True) for piece in pair])
    rows = np.repeat(np.arange(count), 2)
    heads, seen = model.score(words(tokens, (1, 2), negation=False).among(rows), count)
    return np.where(seen > 0, heads[:, 0] / float(model.recipe["spread"]), _NOTHING)


def _with_votes(own: Floats, up: Floats, down: Floats) -> Floats:
    """The text's score, moved by the votes as a share with a prior, then by how many found it useful."""
    share = (own * _PRIOR_VOTES + up) / (_PRIOR_VOTES + up + down)
    many = up / (up + _HALF)
    return np.clip(share + (1 - share) * many * up / np.maximum(up + down, 1) * 0.5, 0.0, 1.0)


def _media(reviews: pl.DataFrame) -> Floats:
    if "media" not in reviews.columns:
        return np.zeros(len(reviews))
    media = reviews["media"]
    if media.dtype in (pl.List, pl.Array):
        return (media.list.len().fill_null(0) > 0).to_numpy().astype(float)
    if media.dtype == pl.String:
        return (media.fill_null("") != "").to_numpy().astype(float)
    return (media.cast(pl.Float64).fill_null(0) > 0).to_numpy().astype(float)


def _reasons(text: str, photo: bool, bought: bool, votes: float) -> list[str]:
    reasons = [reason for reason, pattern in _PATTERNS.items() if pattern.search(text)]
    if text.count(" ") >= _DETAILED:
        reasons.append("detailed")
    if photo:
        reasons.append("has_photo")
    if bought:
        reasons.append("verified")
    if votes >= 2:
        reasons.append("found_useful")
    return reasons


def reason_phrases() -> pl.DataFrame:
    """Reason keys of :func:`rank_reviews` with their words. Columns: reason, phrase_en, phrase_fr."""
    return pl.read_csv(folder("data") / "review_reasons.csv", infer_schema=False)
