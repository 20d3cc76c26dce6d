"""Differences and disputes, for the team: what it is, and what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.domains.checkout.contracts import DifferenceKind, DifferenceState, DisputeState

Words = str | Promise
K = DifferenceKind

# What it is called, and what it means and asks for.
DIFFERENCES: Mapping[DifferenceKind, tuple[Words, Words]] = {
    K.UNKNOWN_PAYMENT: (
        _("Money without an order"),
        _("The provider took money that no order here asked for. Was it charged by hand? Find the buyer or refund it."),
    ),
    K.NOT_CHARGED: (
        _("Order without its money"),
        _("The order counts as paid, the provider has no such charge. Do not send it before this is clear."),
    ),
    K.AMOUNT: (_("Amounts differ"), _("Both know the payment, with other amounts. Compare it with the receipt.")),
    K.CURRENCY: (_("Currencies differ"), _("Both know the payment, in other currencies.")),
    K.CHARGED_CANCELLED: (
        _("Cancelled, still charged"),
        _("The order was cancelled and its money is still held. Refund it from the order's page."),
    ),
    K.CAPTURED_TWICE: (
        _("Charged twice"),
        _("More was taken for this order than it costs. Refund the payment that is too much."),
    ),
    K.REFUND_THERE: (
        _("Refunded at the provider"),
        _("Money went back from the provider's own pages. It was taken into the order."),
    ),
    K.REFUND_MISSING: (
        _("Refund not made"),
        _("We count a refund that the provider did not make, or a bank sent back. Tell the buyer and repeat it."),
    ),
    K.REFUND_BOUNCED: (
        _("Refund sent back by the bank"),
        _("The buyer's account is closed or refuses it: the money is here again. Ask the buyer how to send it."),
    ),
    K.DISPUTE_UNHEARD: (_("Dispute we were not told of"), _("A dispute came without its message. It was taken in.")),
    K.DISPUTE_STATE: (
        _("Dispute told differently"),
        _("Both know the dispute, with another state or sum. What is newer there was taken in; compare the rest."),
    ),
    K.FEE: (
        _("Unusually high fee"),
        _("The provider kept more of this charge than cards cost, even foreign ones. Ask the provider why."),
    ),
    K.NEWS_UNHEARD: (
        _("Payment we were not told of"),
        _("The provider took the money and its message never came. It was taken in: look at the webhook's address."),
    ),
}
DIFFERENCE_STATES: Mapping[DifferenceState, tuple[Words, str]] = {
    DifferenceState.OPEN: (_("open"), "caution"),
    DifferenceState.MENDED: (_("taken in"), "positive"),
    DifferenceState.SETTLED: (_("settled"), "positive"),
    DifferenceState.GONE: (_("agrees again"), ""),
}
DISPUTE_STATES: Mapping[DisputeState, tuple[Words, str]] = {
    DisputeState.WARNING: (_("the bank asks"), "caution"),
    DisputeState.OPEN: (_("waits for our answer"), "negative"),
    DisputeState.UNDER_REVIEW: (_("the bank decides"), "caution"),
    DisputeState.WON: (_("won"), "positive"),
    DisputeState.LOST: (_("lost"), "negative"),
}
REASONS: Mapping[str, Words] = {
    "fraudulent": _("The cardholder says they did not buy it"),
    "product_not_received": _("The cardholder says it never came"),
    "product_unacceptable": _("The cardholder says it is not as described"),
    "duplicate": _("The cardholder says they were charged twice"),
    "credit_not_processed": _("The cardholder says a refund was promised"),
    "subscription_canceled": _("The cardholder says they had cancelled"),
    "unrecognized": _("The cardholder does not recognise the payment"),
    "general": _("The bank names no reason"),
}
EVIDENCE: Mapping[str, Words] = {
    "customer_name": _("Customer"),
    "customer_email": _("E-mail"),
    "articles": _("What was bought"),
    "shipping_address": _("Sent to"),
    "shipped_on": _("Shipped"),
    "tracking": _("Tracking number"),
    "delivery": _("Proof of delivery"),
    "invoice": _("Invoice"),
    "consents": _("What the buyer did and agreed to"),
    "payment": _("Payment"),
    "note": _("Our note"),
}


def reason(code: str) -> Words:
    """Why a payment is contested; codes without words are shown as they are."""
    return REASONS.get(code, code.replace("_", " "))
