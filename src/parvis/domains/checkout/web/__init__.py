"""What pages compose: the cart's cookie and forms, the checkout and card forms, and words for states and errors.

Interfaces own pages and routes; templates of this domain are fragments (``checkout/*.html``) to be included.
"""

from parvis.domains.checkout.web.buying import Bought, buy, pay_with
from parvis.domains.checkout.web.carts import (
    CART_COOKIE,
    cart_token,
    change_cart,
    current_cart,
    drop_cart,
    remember_cart,
)
from parvis.domains.checkout.web.codes import CodeRow, CodeSaid, change_codes, code_rows, code_words
from parvis.domains.checkout.web.forms import CardForm, CheckoutForm, has_regions, known_details, private_card
from parvis.domains.checkout.web.words import amount, decline_words, explain, state_words, trail_words

__all__ = [
    "CART_COOKIE",
    "Bought",
    "CardForm",
    "CheckoutForm",
    "CodeRow",
    "CodeSaid",
    "amount",
    "buy",
    "cart_token",
    "change_cart",
    "change_codes",
    "code_rows",
    "code_words",
    "current_cart",
    "decline_words",
    "drop_cart",
    "explain",
    "has_regions",
    "known_details",
    "pay_with",
    "private_card",
    "remember_cart",
    "state_words",
    "trail_words",
]
