"""The codes of a cart: one box for promotions, creators, members and gift cards."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.errors import Conflict, Invalid
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.contracts import MAX_CODES, CodeAnswer, CodeProblem, Quote
from parvis.domains.checkout.models.carts import OPEN
from parvis.domains.checkout.queries.carts import open_cart
from parvis.domains.checkout.rules import codes as rules

# A code that can no longer count, whatever the buyer does, is told and not kept.
HOPELESS = (CodeProblem.UNKNOWN, CodeProblem.EXPIRED, CodeProblem.USED_UP, CodeProblem.EMPTY, CodeProblem.BLOCKED)


class TooManyCodes(Invalid):
    """A cart takes :data:`contracts.MAX_CODES`."""

    code = "too_many_codes"


class NoCart(Conflict):
    """There is no open cart under this token."""

    code = "no_cart"
    template = "There is no open cart."


def kept(typed: Sequence[str], *, known: Sequence[str] = ()) -> list[str]:
    """What a cart keeps of codes as they were typed: each once in its one form; of a gift card a reference that only
    we can follow, never its code. ``known`` are the codes that the cart has: a gift card among them may be called by
    its mask ("•••• K7QP"), as answers call it. Raises :class:`TooManyCodes`."""
    if len(typed) > 4 * MAX_CODES:
        raise TooManyCodes(field="codes", problem=f"a cart takes {MAX_CODES}")
    by_mask = {_mask(code): code for code in known}
    found = dict.fromkeys(_kept(code, by_mask) for code in typed)
    found.pop("", None)
    if len(found) > MAX_CODES:
        raise TooManyCodes(field="codes", problem=f"a cart takes {MAX_CODES}")
    return list(found)


def _kept(typed: str, by_mask: dict[str, str]) -> str:
    if typed.strip() in by_mask:
        return by_mask[typed.strip()]
    code = rules.normal(typed)
    if not rules.like_gift(code):
        return code
    digest = rules.gift_hash(code)
    known = models.GiftCard.objects.filter(code_hash=digest).exists()
    return rules.GIFT + digest if known else rules.masked(code[-4:])


def _mask(code: str) -> str:
    """How a kept code is called on pages."""
    if not code.startswith(rules.GIFT):
        return code
    row = models.GiftCard.objects.filter(code_hash=code.removeprefix(rules.GIFT)).first()
    return rules.masked(row.last4) if row is not None else code


@transaction.atomic
def add_code(
    *, token: str, typed: str, customer_id: int | None = None, at: datetime, locale: str = "en"
) -> tuple[CodeAnswer, Quote]:
    """Put a code into a cart and say what became of it. One that can no longer count is told and not kept; one that
    only does not count yet (a minimum, an article, a sign-in) stays. Raises :class:`NoCart`, :class:`TooManyCodes`."""
    row = _locked(token)
    before = list(row.codes)
    code = (kept([typed], known=before) or [""])[0]
    if not code:
        raise Invalid(field="code", problem="type a code")
    row.codes = list(dict.fromkeys([*before, code]))
    if len(row.codes) > MAX_CODES:
        raise TooManyCodes(field="codes", problem=f"a cart takes {MAX_CODES}")
    models.Cart.objects.filter(id=row.id).update(codes=row.codes, updated_at=at)
    cart = queries.cart(token, locale=locale)
    quote = queries.quote(cart, customer_id=customer_id, at=at)
    answer = quote.answers[row.codes.index(code)]
    if answer.problem in HOPELESS:
        models.Cart.objects.filter(id=row.id).update(codes=[each for each in row.codes if each != code])
        quote = queries.quote(queries.cart(token, locale=locale), customer_id=customer_id, at=at)
    return answer, quote


@transaction.atomic
def remove_code(*, token: str, code: str, at: datetime) -> None:
    """Take a code out of a cart, by the name that its answer has; one that is not there stays away."""
    row = _locked(token)
    left = [each for each in row.codes if _mask(each) != code.strip()]
    models.Cart.objects.filter(id=row.id).update(codes=left, updated_at=at)


def _locked(token: str) -> models.Cart:
    known = open_cart(token)
    row = models.Cart.objects.select_for_update().filter(id=known.id, state=OPEN).first() if known else None
    if row is None:
        raise NoCart(reason="no cart")
    return row


def set_codes(*, token: str, typed: Sequence[str], at: datetime) -> contracts.Cart:
    """Replace the codes of a cart, whatever becomes of them. Raises :class:`NoCart`, :class:`TooManyCodes`."""
    with transaction.atomic():
        row = _locked(token)
        models.Cart.objects.filter(id=row.id).update(codes=kept(typed, known=row.codes), updated_at=at)
    return queries.cart(token, locale="en")
