"""The words for states, kinds and roles. One place, so that the same thing has the same name on every page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parvis.domains.catalog.contracts import MovementKind, ProductState
from parvis.domains.checkout.contracts import OrderState, PaymentState, RefundState
from parvis.domains.people.contracts import EvidenceKind, Permission, Purpose, Role, Scope, Strength
from parvis.domains.voices.contracts import (
    AppealState,
    DecidedBy,
    ImportState,
    Origin,
    Outcome,
    Reason,
    ReportState,
    VoiceKind,
    VoiceState,
)

Words = str | Promise

ROLES: Mapping[Role, tuple[Words, Words]] = {
    Role.OWNER: (_("Owner"), _("Everything, with the team, the settings and the keys.")),
    Role.MARKETER: (_("Marketer"), _("Figures, voices, catalogue, stock, imports; orders without names.")),
    Role.CARE: (_("Care"), _("Voices, orders, refunds, customers; sees the catalogue.")),
    Role.VIEWER: (_("Viewer"), _("Reads figures, voices and catalogue; changes nothing.")),
}
PERMISSIONS: Mapping[Permission, Words] = {
    Permission.METRICS_VIEW: _("see the figures"),
    Permission.VOICES_VIEW: _("see the voices"),
    Permission.VOICES_MODERATE: _("decide about voices"),
    Permission.CATALOG_VIEW: _("see the catalogue"),
    Permission.CATALOG_EDIT: _("change products and prices"),
    Permission.STOCK_EDIT: _("change stock"),
    Permission.ORDERS_VIEW: _("see orders"),
    Permission.ORDERS_SHIP: _("ship, deliver and cancel orders"),
    Permission.ORDERS_REFUND: _("refund orders"),
    Permission.OFFERS_EDIT: _("make promotions, issue gift cards"),
    Permission.CUSTOMERS_VIEW: _("see customers"),
    Permission.CUSTOMERS_EDIT: _("say who is one person"),
    Permission.SETTINGS_EDIT: _("change settings"),
    Permission.STAFF_EDIT: _("change the team"),
    Permission.IMPORTS_RUN: _("import files"),
    Permission.INVITATIONS_EDIT: _("arrange invitations and campaigns"),
    Permission.COPY_VIEW: _("see texts in the brand’s tone"),
    Permission.COPY_EDIT: _("write texts, decide the tone"),
    Permission.COPY_APPROVE: _("approve and publish texts, note what proves a claim"),
    Permission.PROOF_EDIT: _("make widgets, record rights of photos and videos"),
    Permission.TOKENS_EDIT: _("make API tokens"),
    Permission.WEBHOOKS_EDIT: _("set up webhooks"),
    Permission.AGENTS_VIEW: _("see the shopping agents"),
    Permission.AGENTS_EDIT: _("let shopping agents in and stop them"),
}
SCOPES: Mapping[Scope, Words] = {
    Scope.VOICES_READ: _("read voices"),
    Scope.VOICES_WRITE: _("send voices"),
    Scope.CATALOG_READ: _("read the catalogue"),
    Scope.CATALOG_WRITE: _("change the catalogue"),
    Scope.ORDERS_READ: _("read orders"),
    Scope.ORDERS_WRITE: _("change orders"),
    Scope.EVIDENCE_READ: _("search the evidence"),
    Scope.ASSISTANT_ASK: _("talk with the assistant"),
    Scope.METRICS_READ: _("read the figures"),
    Scope.WEBHOOKS_WRITE: _("set up webhooks"),
    Scope.CHECKOUT_READ: _("read its checkouts"),
    Scope.CHECKOUT_WRITE: _("buy for shoppers"),
}
PURPOSES: Mapping[Purpose, Words] = {
    Purpose.ANALYTICS: _("recognise the browser"),
    Purpose.MARKETING: _("send news and offers"),
    Purpose.PUBLICATION: _("publish words and photos"),
}
# What machines write as the reason of a movement or a price, by its English words.
MACHINE_REASONS: Mapping[str, Words] = {
    "opening price": _("opening price"),
    "opening stock": _("opening stock"),
    "reduction": _("reduction"),
    "usual price again": _("usual price again"),
    "delivery": _("delivery from the supplier"),
    "ordered in": _("ordered in"),
    "sent back": _("sent back"),
}
SCORES: Mapping[str, Words] = {
    "toxicity": pgettext_lazy("score", "offence"),
    "spam": pgettext_lazy("score", "advertising"),
    "sentiment": pgettext_lazy("score", "tone"),
    "stars": pgettext_lazy("score", "stars"),
    "certainty": pgettext_lazy("score", "certainty"),
}
ATTRIBUTES: Mapping[str, Words] = {
    "name": _("name"),
    "image": _("picture"),
    "price": _("price"),
    "stock": _("stock"),
    "variants": _("variants"),
    "created_at": _("date of creation"),
    "description": _("description"),
    "brand": _("brand"),
}
# (words, badge kind, icon): colour is never alone.
PRODUCT_STATES: Mapping[ProductState, tuple[Words, str]] = {
    ProductState.ACTIVE: (_("On sale"), "positive"),
    ProductState.ARCHIVED: (_("Archived"), ""),
}
MOVEMENTS: Mapping[MovementKind, Words] = {
    MovementKind.RECEIVED: _("Received"),
    MovementKind.SOLD: _("Sold"),
    MovementKind.RETURNED: _("Returned"),
    MovementKind.ADJUSTED: _("Adjusted"),
    MovementKind.COUNTED: _("Counted"),
}
ORDER_STATES: Mapping[OrderState, tuple[Words, str]] = {
    OrderState.AWAITING_PAYMENT: (_("Awaiting payment"), "caution"),
    OrderState.PAID: (_("Paid, to ship"), "accent"),
    OrderState.SHIPPED: (_("Shipped"), "note"),
    OrderState.DELIVERED: (_("Delivered"), "positive"),
    OrderState.CANCELLED: (_("Cancelled"), ""),
    OrderState.PARTLY_REFUNDED: (_("Partly refunded"), "caution"),
    OrderState.REFUNDED: (_("Refunded"), ""),
}
PAYMENT_STATES: Mapping[PaymentState, Words] = {
    PaymentState.CREATED: _("begun"),
    PaymentState.ACTION_REQUIRED: _("the bank asks the shopper"),
    PaymentState.DECLINED: _("declined"),
    PaymentState.AUTHORISED: _("authorised, not yet captured"),
    PaymentState.CAPTURE_FAILED: _("the capture failed"),
    PaymentState.CANCELLED: _("cancelled"),
    PaymentState.CAPTURED: _("captured"),
}
REFUND_STATES: Mapping[RefundState, tuple[Words, str]] = {
    RefundState.PENDING: (_("on its way"), "caution"),
    RefundState.SUCCEEDED: (_("given back"), "positive"),
    RefundState.FAILED: (_("refused by the provider"), "negative"),
}
TRAIL: Mapping[str, tuple[Words, str]] = {
    "placed": (_("Order placed"), "cart"),
    "agreed": (_("Ordered under the texts in force"), "shield-check"),
    "preorder_moved": (_("What was ordered ahead comes on another day"), "clock"),
    "paid": (_("Paid"), "check"),
    "paid_late": (_("Paid after the reservation had ended"), "check"),
    "payment_created": (_("Payment begun"), "lock"),
    "payment_action_required": (_("The bank asks the shopper to confirm"), "lock"),
    "payment_authorised": (_("Authorised by the bank"), "lock"),
    "payment_captured": (_("Money captured"), "check"),
    "payment_declined": (_("Payment declined"), "alert"),
    "payment_capture_failed": (_("The capture failed"), "alert"),
    "payment_cancelled": (_("Payment closed"), "close"),
    "late_payment": (_("Money came after the order had ended"), "alert"),
    "erasure_asked": (_("The customer asked to be forgotten"), "user"),
    "cancelled": (_("Cancelled"), "close"),
    "expired": (_("Not paid in time: the stock is free again"), "clock"),
    "shipped": (_("Shipped"), "truck"),
    "delivered": (_("Delivered"), "home"),
    "refunded": (_("Refunded"), "return"),
    "refund_failed": (_("The refund failed"), "alert"),
    "refund_bounced": (_("The buyer's bank sent a refund back: the money is owed once more"), "alert"),
    "parcel_packed": (_("A parcel was packed"), "box"),
    "parcel_labelled": (_("A parcel got its number"), "tag"),
    "parcel_unpacked": (_("A parcel was taken apart"), "box"),
    "parcel_handed_over": (_("A parcel was handed to the carrier"), "truck"),
    "parcel_in_transit": (_("A parcel is on its way"), "truck"),
    "parcel_out_for_delivery": (_("A parcel is out for delivery"), "truck"),
    "parcel_ready_for_collection": (_("A parcel waits to be collected"), "box"),
    "parcel_failed": (_("A parcel could not be delivered"), "alert"),
    "parcel_delivered": (_("A parcel was delivered"), "home"),
    "parcel_returned": (_("A parcel came back to us"), "return"),
    "return_requested": (_("A return was asked for"), "return"),
    "return_accepted": (_("A return was accepted"), "check"),
    "return_received": (_("A return came in"), "box"),
    "return_refunded": (_("A return was paid back"), "return"),
    "return_refused": (_("A return was refused"), "close"),
    "return_cancelled": (_("The buyer keeps the goods after all"), "close"),
    "return_answered": (_("The buyer was told why it is less"), "mail"),
    "withdrawal_declared": (_("The buyer declared a withdrawal"), "mail"),
    "invoice_issued": (_("The invoice was made"), "check"),
    "credit_issued": (_("A credit note was made"), "check"),
    "dispute_opened": (_("The cardholder's bank contests the payment"), "alert"),
    "dispute_answered": (_("Dispute answered with the order's evidence"), "shield-check"),
    "dispute_accepted": (_("Gave in to the dispute"), "close"),
    "dispute_won": (_("Dispute won: the money stays"), "check"),
    "dispute_lost": (_("Dispute lost: the money went back"), "alert"),
}
DECLINES: Mapping[str, Words] = {
    "card_declined": _("the bank declined the card"),
    "insufficient_funds": _("not enough money on the card"),
    "expired_card": _("the card has expired"),
    "incorrect_cvc": _("wrong security code"),
    "processing_error": _("the bank could not be reached"),
    "authentication_failed": _("not confirmed with the bank"),
}
VOICE_STATES: Mapping[VoiceState, tuple[Words, str]] = {
    VoiceState.HELD: (_("Waiting"), "caution"),
    VoiceState.PUBLISHED: (pgettext_lazy("voice", "Published"), "positive"),
    VoiceState.REFUSED: (pgettext_lazy("voice", "Refused"), "negative"),
    VoiceState.WITHDRAWN: (pgettext_lazy("voice", "Withdrawn"), ""),
}
VOICE_KINDS: Mapping[VoiceKind, Words] = {
    VoiceKind.REVIEW: _("Review"),
    VoiceKind.QUESTION: _("Question"),
    VoiceKind.ANSWER: _("Answer"),
    VoiceKind.COMMENT: _("Comment"),
}
ORIGINS: Mapping[Origin, Words] = {
    Origin.STOREFRONT: _("the shop"),
    Origin.IMPORT: _("an import"),
    Origin.API: _("the API"),
    Origin.DEMO: _("the demonstration"),
}
OUTCOMES: Mapping[Outcome, tuple[Words, str]] = {
    Outcome.PUBLISH: (pgettext_lazy("voice", "Published"), "check"),
    Outcome.HOLD: (_("Held for a person"), "clock"),
    Outcome.REFUSE: (pgettext_lazy("voice", "Refused"), "close"),
    Outcome.WITHDRAW: (pgettext_lazy("voice", "Withdrawn"), "eye-off"),
}
DECIDED_BY: Mapping[DecidedBy, Words] = {
    DecidedBy.MACHINE: _("The machine"),
    DecidedBy.PERSON: _("A person"),
    DecidedBy.AUTHOR: _("The author"),
}
REASONS: Mapping[Reason, Words] = {
    Reason.SOUND: _("nothing against it"),
    Reason.APPROVED: _("approved by a person"),
    Reason.TOXICITY_UNSURE: _("perhaps offensive"),
    Reason.SPAM_UNSURE: _("perhaps advertising"),
    Reason.PERSONAL_DATA: _("names or reaches a person"),
    Reason.LINKS: _("holds a link"),
    Reason.LANGUAGE: _("in a language we do not read"),
    Reason.TOO_SHORT: _("too short to judge"),
    Reason.UNREADABLE: _("cannot be read"),
    Reason.DUPLICATE: _("same words as another"),
    Reason.BURST: _("nearly the same words from several people"),
    Reason.INTEREST_UNSURE: _("perhaps an undisclosed interest"),
    Reason.STARS_CONTRADICT: _("stars and words disagree"),
    Reason.PHOTO_UNSEEN: _("a photo or video nobody has seen"),
    Reason.WATCHED_WORDS: _("words that we watch"),
    Reason.NOT_READ: _("the machine could not read it"),
    Reason.SECOND_LOOK: _("a second look was asked for"),
    Reason.TOXIC: _("offensive or hateful"),
    Reason.SPAM: _("advertising"),
    Reason.OFF_TOPIC: _("not about the product"),
    Reason.NOT_GENUINE: _("not a genuine experience"),
    Reason.INTEREST: _("hidden interest (paid, competitor, staff)"),
    Reason.UNLAWFUL: _("against the law"),
    Reason.RIGHTS: _("someone else’s words or picture"),
    Reason.AUTHOR_REQUEST: _("the author asked for it"),
    Reason.ERASURE: _("the author was forgotten"),
    Reason.OTHER: _("another reason"),
}
# Grounds that a person may give, in the order in which they are offered. A low rating is none of them.
TO_REFUSE = (
    Reason.TOXIC,
    Reason.SPAM,
    Reason.OFF_TOPIC,
    Reason.NOT_GENUINE,
    Reason.INTEREST,
    Reason.PERSONAL_DATA,
    Reason.UNLAWFUL,
    Reason.RIGHTS,
    Reason.OTHER,
)
TO_WITHDRAW = (Reason.AUTHOR_REQUEST, Reason.RIGHTS, Reason.UNLAWFUL, Reason.NOT_GENUINE, Reason.OTHER)
APPEALS: Mapping[AppealState, tuple[Words, str]] = {
    AppealState.OPEN: (_("open"), "caution"),
    AppealState.UPHELD: (_("the decision stands"), ""),
    AppealState.REVERSED: (_("published after all"), "positive"),
    AppealState.LAPSED: (_("taken back by the author"), ""),
}
REPORTS: Mapping[ReportState, tuple[Words, str]] = {
    ReportState.OPEN: (_("open"), "caution"),
    ReportState.KEPT: (_("kept"), ""),
    ReportState.REMOVED: (_("removed"), "negative"),
}
IMPORT_STATES: Mapping[ImportState, tuple[Words, str]] = {
    ImportState.DRAFT: (_("Columns to confirm"), "caution"),
    ImportState.CHECKING: (_("Being tried"), "note"),
    ImportState.CHECKED: (_("Tried, not imported"), "caution"),
    ImportState.QUEUED: (_("Waiting its turn"), ""),
    ImportState.RUNNING: (_("Running"), "note"),
    ImportState.DONE: (_("Done"), "positive"),
    ImportState.FAILED: (_("Failed"), "negative"),
}
PERSONAL_KINDS: Mapping[str, Words] = {
    "email": _("an e-mail address"),
    "phone": _("a telephone number"),
    "card": _("a card number"),
    "iban": _("a bank account"),
    "address": _("a postal address"),
    "national_id": _("a social security number"),
    "link": _("a link"),
}
REFUND_REASONS: Mapping[str, Words] = {
    "returned": _("Returned by the customer"),
    "withdrawal": _("Withdrawn from before it was sent"),
    "damaged": _("Arrived damaged"),
    "missing": _("Missing or lost on the way"),
    "gesture": _("Commercial gesture"),
    "mistake": _("Mistake of ours"),
    "other": _("Another reason"),
}


CHANNELS: Mapping[str, Words] = {"former_email": _("former e-mail")}
EVIDENCE: Mapping[EvidenceKind, Words] = {
    EvidenceKind.CONFIRMED: _("both confirmed the address"),
    EvidenceKind.EMAIL: _("one mailbox in two spellings"),
    EvidenceKind.HANDLE: _("the same name on a channel"),
    EvidenceKind.ORDER: _("an order placed with the other’s address"),
    EvidenceKind.PHONE: _("the same telephone"),
}
STRENGTHS: Mapping[Strength, tuple[Words, str]] = {
    Strength.STRONG: (_("very likely"), "positive"),
    Strength.MEDIUM: (_("likely"), "note"),
    Strength.WEAK: (_("possible"), "caution"),
}


def note(stored: str) -> str:
    """The note of a decision. The machine notes its further grounds by their keys; people write as they like."""
    keys = [key.strip() for key in stored.split(",")]
    if stored and all(key in set(Reason) for key in keys):
        return ", ".join(str(REASONS[Reason(key)]) for key in keys)
    return stored


def refund_reason(stored: str) -> str:
    """The reason of a refund in words; the note that follows its key stays as it was typed."""
    key, colon, note = stored.partition(": ")
    words = str(REFUND_REASONS.get(key, key))
    return f"{words}{colon}{note}"


def decline(code: str) -> str:
    """Why a bank declined, in words for the team; an unknown code in words that say so."""
    return str(DECLINES.get(code) or _("declined for another reason"))
