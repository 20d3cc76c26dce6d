"""Promotions: made, changed, stopped. What orders have had of them stays as it was."""

import secrets
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from parvis.core.errors import Conflict, NotFound, ParvisError
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import Promotion, Terms
from parvis.domains.checkout.queries import offers as queries
from parvis.domains.checkout.rules import codes
from parvis.domains.checkout.rules import terms as rules
from parvis.domains.checkout.rules.terms import TermsFault
from parvis.domains.people import queries as people


class BadTerms(ParvisError):
    """``faults`` say which fields cannot stay as they are."""

    code = "bad_terms"
    status = 422
    template = "The promotion cannot be kept: %(detail)s."

    def __init__(self, *, faults: "list[TermsFault]") -> None:
        self.faults = tuple(faults)
        super().__init__(detail=", ".join(f"{fault.field} {fault.problem.value}" for fault in faults))


class CodeTaken(Conflict):
    """Another promotion that was not stopped has this code."""

    code = "code_taken"
    template = "The code %(code)s belongs to another promotion."


class EditedMeanwhile(Conflict):
    """Somebody else has changed it since this page was opened."""

    code = "edited_meanwhile"
    template = "It was changed by somebody else meanwhile."


def create_promotion(*, terms: Terms, key: str = "", at: datetime) -> Promotion:
    """A new promotion in the shop's currency; ``key`` is made of its English name where it is not given. A repeated
    call under the same ``key`` gives the promotion that stands. Raises :class:`BadTerms`, :class:`CodeTaken`."""
    clean = _clean(terms)
    if key and (known := models.Promotion.objects.filter(key=key).first()) is not None:
        return queries.promotion(known.id)
    named = key or f"{slugify(clean.name_en)[:40] or 'offer'}-{secrets.token_hex(3)}"
    try:
        with transaction.atomic():
            row = models.Promotion.objects.create(
                key=named, currency=settings.CURRENCY, created_at=at, updated_at=at, **_columns(clean)
            )
    except IntegrityError as error:
        raise CodeTaken(code=clean.code, reason="taken") from error
    return queries.promotion(row.id)


def edit_promotion(*, promotion_id: int, terms: Terms, revision: int, at: datetime) -> Promotion:
    """Change a promotion from now on. ``revision`` is the one that was edited. Carts see it with their next quote,
    orders that were placed keep what they had. Raises NotFound, :class:`BadTerms`, :class:`CodeTaken`,
    :class:`EditedMeanwhile`."""
    clean = _clean(terms)
    rows = models.Promotion.objects.filter(id=promotion_id, revision=revision)
    try:
        with transaction.atomic():
            changed = rows.update(revision=revision + 1, updated_at=at, **_columns(clean))
    except IntegrityError as error:
        raise CodeTaken(code=clean.code, reason="taken") from error
    if not changed:
        queries.promotion(promotion_id)
        raise EditedMeanwhile(reason="changed meanwhile")
    return queries.promotion(promotion_id)


def stop_promotion(*, promotion_id: int, at: datetime) -> Promotion:
    """It counts no longer, from now on; its code can be given to another one. Stopping again changes nothing. Raises
    NotFound."""
    models.Promotion.objects.filter(id=promotion_id, stopped_at__isnull=True).update(stopped_at=at, updated_at=at)
    return queries.promotion(promotion_id)


def _clean(terms: Terms) -> Terms:
    clean = replace(
        terms,
        code=codes.normal(terms.code) if terms.code.strip() else "",
        name_en=" ".join(terms.name_en.split()),
        name_fr=" ".join(terms.name_fr.split()),
        products=tuple(dict.fromkeys(terms.products)),
        categories=tuple(dict.fromkeys(terms.categories)),
    )
    found = rules.faults(clean)
    if found:
        raise BadTerms(faults=found)
    return clean


def _columns(terms: Terms) -> dict[str, Any]:
    columns = asdict(terms)
    columns.update(
        kind=terms.kind.value,
        benefit=terms.benefit.value,
        products=list(terms.products),
        categories=list(terms.categories),
    )
    return columns


def give_status(*, customer_id: int, status: str, since: datetime, until: datetime | None = None) -> None:
    """A customer holds a status ("member", "ambassador" …) from ``since`` until just before ``until``: the door of the
    club. Giving it again moves its end. Raises NotFound."""
    if people.customer(customer_id) is None:
        raise NotFound(kind="customer", key=customer_id)
    models.MemberStatus.objects.update_or_create(
        customer_id=customer_id, status=status[:40], defaults={"since": since, "until": until}
    )


def take_status(*, customer_id: int, status: str) -> None:
    """The customer holds the status no longer."""
    models.MemberStatus.objects.filter(customer_id=customer_id, status=status).delete()
