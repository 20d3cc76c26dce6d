"""One submit that orders and pays, with whatever goes wrong said in the forms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from parvis.core import limits
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance
from parvis.core.money import Money
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import PaymentStep, SeenFrom
from parvis.domains.checkout.ports import BadCard
from parvis.domains.checkout.web.forms import CardForm, CheckoutForm
from parvis.domains.checkout.web.words import address_words, amount, explain

# Nobody needs more; stolen cards are tried by the hundred.
ATTEMPTS = Allowance(name="checkout.pay", burst=8, per_minute=1)


@dataclass(frozen=True, kw_only=True)
class Bought:
    """The order that now exists, and what follows; ``step`` None: the card could not be tried (``problem`` says why)
    and the page of the order's payment asks for it again. ``before``: another submit had made it, perhaps another
    person's."""

    order_token: str
    step: PaymentStep | None = None
    problem: str = ""
    before: bool = False


def buy(
    checkout: CheckoutForm,
    card: CardForm,
    *,
    cart_token: str,
    locale: str,
    customer_id: int | None,
    return_url: Callable[[str], str],
    at: datetime,
    visit: str | None = None,
    seen_from: SeenFrom | None = None,
) -> Bought | None:
    """Order and pay with two valid forms (the card's need not be where nothing is left to pay). None: nothing was
    ordered and ``checkout`` says why in its errors.

    ``return_url`` gives the page to come back to from the bank, for an order's token. A cart that was ordered already
    leads to that order. ``visit`` is the one that orders.
    """
    expected = checkout.expected_total()
    if expected is None:  # a form that does not say what it showed: nobody is charged what they may not have seen
        checkout.add_error(None, gettext("The total has changed. Check your order and confirm once more."))
        return None
    try:
        placed = actions.place(
            cart_token=cart_token,
            email=checkout.cleaned_data["email"],
            name=checkout.cleaned_data["name"],
            address=checkout.address(),
            shipping_method=checkout.cleaned_data["shipping_method"],
            locale=locale,
            customer_id=customer_id,
            key=checkout.cleaned_data["key"],
            at=at,
            visit=visit,
            expected_total_minor=expected,
            ahead_known=checkout.ahead_known(),
            agreed=checkout.agreed_versions(),
        )
    except actions.AlreadyPlaced as known:
        return Bought(order_token=known.params["order_token"], problem=explain(known), before=True)
    except ParvisError as error:
        _say(checkout, error)
        return None
    token = placed.order.token
    if not placed.order.totals.due:
        return Bought(order_token=token, step=actions.pay(order_token=token, at=at))
    return pay_with(
        card, order_token=token, customer_id=customer_id, return_url=return_url(token), seen_from=seen_from, at=at
    )


def _say(checkout: CheckoutForm, error: ParvisError) -> None:
    """Why nothing was ordered, in the errors of the form."""
    if isinstance(error, actions.BadAddress):
        for fault in error.faults:
            checkout.add_error(fault.field, address_words(fault.problem, fault.example))
    elif isinstance(error, actions.TotalMoved):
        total = Money(error.params["total"], checkout.cart.currency)
        words = gettext("The total is now %(total)s. Check your order and confirm once more.")
        checkout.add_error(None, words % {"total": amount(total)})
    else:
        checkout.add_error(None, explain(error))


def pay_with(
    card: CardForm,
    *,
    order_token: str,
    customer_id: int | None,
    return_url: str,
    seen_from: SeenFrom | None = None,
    at: datetime,
) -> Bought:
    """Try to pay an order with a valid card form; a card that cannot be read says so in the form too. Where the
    provider's own element takes cards there is nothing to try yet: the order's payment page has it."""
    if card.elsewhere and card.saved_card_id is None:
        return Bought(order_token=order_token)
    try:
        limits.spend(ATTEMPTS, caller=order_token, at=at)
        step = actions.pay(
            order_token=order_token,
            card=card.details(),
            saved_card_id=card.saved_card_id,
            customer_id=customer_id,
            return_url=return_url,
            seen_from=seen_from,
            at=at,
        )
    except BadCard as error:
        field = error.params["field"]
        card.add_error(field if field in card.fields else None, explain(error))
        return Bought(order_token=order_token, problem=explain(error))
    except ParvisError as error:
        return Bought(order_token=order_token, problem=explain(error))
    return Bought(order_token=order_token, step=step)
