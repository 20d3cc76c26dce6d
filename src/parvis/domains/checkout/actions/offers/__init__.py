"""What the brand takes off, and cards that pay: promotions, gift cards, statuses, and what orders take of them."""

from parvis.domains.checkout.actions.offers.claims import OfferGone, gift_left, give_back
from parvis.domains.checkout.actions.offers.gift_cards import (
    AlreadyIssued,
    block_gift_card,
    issue_gift_card,
    top_up_gift_card,
    unblock_gift_card,
)
from parvis.domains.checkout.actions.offers.promotions import (
    BadTerms,
    CodeTaken,
    EditedMeanwhile,
    create_promotion,
    edit_promotion,
    give_status,
    stop_promotion,
    take_status,
)
from parvis.domains.checkout.actions.offers.taxes import save_taxes

__all__ = [
    "AlreadyIssued",
    "BadTerms",
    "CodeTaken",
    "EditedMeanwhile",
    "OfferGone",
    "block_gift_card",
    "create_promotion",
    "edit_promotion",
    "gift_left",
    "give_back",
    "give_status",
    "issue_gift_card",
    "save_taxes",
    "stop_promotion",
    "take_status",
    "top_up_gift_card",
    "unblock_gift_card",
]
