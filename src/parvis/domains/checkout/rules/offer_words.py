"""Why an offer counts, in both languages: sentences that travel with a quote and are kept with the order.

They are part of what was sold, like the names of its articles, so that they are made here once and not again by each
door in its own way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_currency, get_currency_precision

from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Promotion, Terms

_NBSP = "\u00a0"
FREE_SHIPPING = ("free delivery", "la livraison offerte")


@dataclass(frozen=True, slots=True)
class Words:
    en: str
    fr: str


def money(minor: int, currency: str) -> Words:
    """An amount as it is read in each language."""
    units = minor / 10 ** get_currency_precision(currency)
    return Words(format_currency(units, currency, locale="en"), format_currency(units, currency, locale="fr"))


def percent(basis_points: int) -> Words:
    """ "12.5%" and "12,5 %"."""
    text = f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")
    return Words(f"{text}%", f"{text.replace('.', ',')}{_NBSP}%")


def benefit(terms: Terms, currency: str) -> Words:
    """What a promotion gives, as a short phrase."""
    if terms.benefit in (Benefit.PERCENTAGE, Benefit.AMOUNT):
        less = percent(terms.value) if terms.benefit is Benefit.PERCENTAGE else money(terms.value, currency)
        if terms.products or terms.categories or terms.full_price_only:
            return Words(f"{less.en} off the articles it is for", f"{less.fr} sur les articles concernés")
        return Words(f"{less.en} off", f"{less.fr} de réduction")
    if terms.benefit is Benefit.FREE_SHIPPING:
        return Words("free delivery", "livraison offerte")
    if terms.benefit is Benefit.N_FOR_M:
        return Words(
            f"{terms.take} for the price of {terms.pay}, the cheapest of each {terms.take} are free",
            f"{terms.take} pour le prix de {terms.pay}, les moins chers de chaque lot de {terms.take} sont offerts",
        )
    price = money(terms.value, currency)
    if terms.take:
        return Words(f"{terms.take} for {price.en}", f"{terms.take} pour {price.fr}")
    return Words(f"the set for {price.en}", f"l’ensemble pour {price.fr}")


def reason(promotion: Promotion, beaten: Sequence[Promotion] = ()) -> Words:
    """Why a promotion counts: what it gives, from what value, with what it combines, and which other ones it stands
    for because it takes off more (``beaten``)."""
    terms = promotion.terms
    said = benefit(terms, promotion.currency)
    en, fr = [_first(said.en)], [_first(said.fr)]
    if terms.minimum_minor:
        least = money(terms.minimum_minor, promotion.currency)
        en[0] += f" from {least.en} of articles"
        fr[0] += f" dès {least.fr} d’articles"
    if terms.status:
        en[0] += ", for members"
        fr[0] += ", pour les membres"
    if terms.exclusive:
        en.append("Combines with nothing else")
        fr.append("Non cumulable")
    elif terms.kind in (AdjustmentKind.CODE, AdjustmentKind.CREATOR) and terms.benefit is not Benefit.FREE_SHIPPING:
        en.append("Combines with the shop’s own offers, not with another code")
        fr.append("Cumulable avec les offres de la boutique, pas avec un autre code")
    if beaten:
        other = beaten[0].terms
        en.append(f"You save more than with “{other.name_en}”, which does not combine with it")
        fr.append(f"Vous gagnez plus qu’avec «{_NBSP}{other.name_fr}{_NBSP}», non cumulable")
    return Words(". ".join(en) + ".", ". ".join(fr) + ".")


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
