"""The form of a review of the shop itself."""

from datetime import datetime

from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.voices.contracts import Voice, VoiceKind
from parvis.domains.voices.web.forms import Reviewing

_BOUGHT = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED)


class ShopReviewForm(Reviewing):
    """Stars and words about the service and the delivery. Verified for who has ordered here."""

    kind = VoiceKind.COMMENT
    field_order = ("stars", "title", "text", "author_name", "email")

    def submit(self, *, caller: str, locale: str, at: datetime) -> Voice | None:
        """Save it as held; None when the form says why not."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        orders = checkout.orders_of(self.customer_id) if self.customer_id is not None else ()
        order = next((each.number for each in orders if each.state in _BOUGHT), "")
        if not order and self.changing is not None:
            order = self.changing.order_ref
        new = self._new(locale, at, title=given["title"], stars=given["stars"], verified=bool(order), order_ref=order)
        return self._save(new, caller=caller, locale=locale, at=at)
