"""Words of the offers, for the team."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, GiftEntryKind, PromotionState

Words = str | Promise

KINDS: Mapping[AdjustmentKind, Words] = {
    AdjustmentKind.PROMOTION: _("For everybody, without a code"),
    AdjustmentKind.BUNDLE: _("Bundle: articles cheaper together"),
    AdjustmentKind.CODE: _("Promotion code"),
    AdjustmentKind.CREATOR: _("Creator’s code"),
    AdjustmentKind.MEMBER: _("For members"),
}
BENEFITS: Mapping[Benefit, Words] = {
    Benefit.PERCENTAGE: _("Percentage off"),
    Benefit.AMOUNT: _("Amount off"),
    Benefit.FREE_SHIPPING: _("Free delivery"),
    Benefit.N_FOR_M: _("So many for the price of fewer"),
    Benefit.SET_PRICE: _("A set at its price"),
}
STATES: Mapping[PromotionState, tuple[Words, str]] = {
    PromotionState.PLANNED: (_("Planned"), "caution"),
    PromotionState.RUNNING: (pgettext_lazy("promotion", "Running"), "positive"),
    PromotionState.OVER: (_("Over"), ""),
    PromotionState.STOPPED: (_("Stopped"), "negative"),
}
ENTRIES: Mapping[GiftEntryKind, Words] = {
    GiftEntryKind.ISSUED: _("Issued"),
    GiftEntryKind.TOPPED_UP: _("Topped up"),
    GiftEntryKind.SPENT: _("Spent"),
    GiftEntryKind.RETURNED: _("Given back"),
}
PROBLEMS: Mapping[str, Words] = {
    "missing": _("This is needed."),
    "too_long": _("This is too long."),
    "code": _("Take 3 to 30 letters A to Z and digits."),
    "gift_shape": _("This looks like the code of a gift card: take another one."),
    "not_with_kind": _("This does not go with the kind of offer."),
    "out_of_range": _("This number cannot be used here."),
    "order": _("It would end before it begins."),
}
