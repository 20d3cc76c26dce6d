"""Questions asked in a live room, of the product on screen or of one that the show has named."""

from datetime import datetime

from parvis.domains.assistant import models, queries
from parvis.domains.assistant.actions.asking import ask
from parvis.domains.assistant.actions.conversing import begin
from parvis.domains.assistant.contracts import Aside, Room, Surface
from parvis.domains.assistant.rules.understanding import clean, folded
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout.contracts import Cart
from parvis.science.retrieval.analysis import stem


def begin_in_room(*, room: Room, locale: str, at: datetime, customer_id: int | None = None) -> str:
    """A conversation of somebody who watches; returns its token. Who watches several shows has one in each."""
    return begin(
        locale=locale,
        surface=Surface.LIVE,
        at=at,
        customer_id=customer_id,
        product_id=room.product_id,
        origin=f"room:{room.id}",
    )


def ask_in_room(
    *, token: str, key: str, question: str, room: Room, locale: str, at: datetime, cart: Cart | None = None
) -> Aside:
    """Answer in the conversation of ``token``, shortly: about the product of the show that is named, else about the one
    on screen. The same ``key`` gives the same answer. Raises as ``ask`` does."""
    held = models.Conversation.objects.filter(token=token)
    known = models.Turn.objects.filter(conversation__in=held, key=key[:80]).values_list("product_id", flat=True)
    # What is on screen may have changed since the same question was sent: the retry is about what it was about.
    product_id = known[0] if known else _meant(clean(question), room, locale)
    turn = ask(token=token, key=key, question=question, locale=locale, at=at, product_id=product_id, cart=cart)
    return queries.aside(turn)


def _meant(question: str, room: Room, locale: str) -> int | None:
    """The one product of the show whose name says what the question says, when it is one."""
    asked = {stem(word, locale[:2]) for word in folded(question).split() if len(word) > 3}
    found = catalog.products(room.product_ids, locale=locale) if room.product_ids else {}
    named = [key for key in room.product_ids if key in found and asked & _own(found[key].name, locale)]
    return named[0] if len(named) == 1 else room.product_id


def _own(name: str, locale: str) -> set[str]:
    return {stem(word, locale[:2]) for word in folded(name).split() if len(word) > 3}
