"""The withdrawal form of the law: anybody who knows an order's number and its e-mail address can send it.

What comes in is written down as it is and looked at by the worker, so that neither the answer nor the time it takes
tells whether an order exists. The receipt goes to the address of the order, never to another.
"""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import Invalid, NotFound
from parvis.core.tasks import app
from parvis.domains.checkout import models
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.actions import return_moves as moving
from parvis.domains.checkout.actions.returns import letters
from parvis.domains.checkout.contracts import AskedLine, Declaration, ReturnKind, ReturnReason, ReturnState
from parvis.domains.checkout.queries.returns import kept_of, returnable_of
from parvis.domains.checkout.queries.withdrawals import to_declaration


@transaction.atomic
def declare_withdrawal(
    *, order_number: str, email: str, name: str, words: str = "", locale: str, at: datetime
) -> Declaration:
    """Take a declaration in; what follows from it is done by :func:`handle_declaration`. Raises Invalid."""
    number, address, who = order_number.strip().upper(), email.strip().lower(), " ".join(name.split())
    given = {"order_number": (number, 20), "email": (address, 254), "name": (who, 120)}
    for field, (text, longest) in given.items():
        if not text or len(text) > longest or "\0" in text:
            raise Invalid(field=field, problem="fill it in")
    row = models.Declaration.objects.create(
        order_number=number,
        email=address,
        name=who,
        words=words.replace("\0", "").strip()[:1000],
        locale="fr" if locale == "fr" else "en",
        at=at,
    )
    transaction.on_commit(lambda: app.configure_task("checkout.declaration").defer(declaration_id=row.id))
    return to_declaration(row)


@transaction.atomic
def handle_declaration(*, declaration_id: int, at: datetime) -> Declaration:
    """Find the order of a declaration and make a return of all of it that is not yet on its way back; where that
    cannot be (nothing has arrived, it is late …) a person finds it among the withdrawals to settle. Again: nothing
    changes.
    Raises NotFound."""
    row = models.Declaration.objects.select_for_update(of=("self",)).filter(id=declaration_id).first()
    if row is None:
        raise NotFound(kind="declaration", key=declaration_id)
    if row.order_id is not None:
        return to_declaration(row)
    found = models.Order.objects.filter(number=row.order_number, email=row.email).values_list("id", flat=True).first()
    if found is None:
        return to_declaration(row)
    order = moves.locked(found)
    row.order = order
    row.made = make_return(order, row, at=at)
    row.save(update_fields=["order", "made"])
    moves.trail(order.id, "withdrawal_declared", at=at, detail={"note": row.words, "declaration": row.id})
    letters.declared(order, row, row.made, at=at)
    return to_declaration(row)


def make_return(order: models.Order, row: models.Declaration, *, at: datetime) -> models.Return | None:
    """The return that follows from a declaration in time, of every piece that can come back. A seal cannot be seen
    from here: sealed goods are among them, and are looked at when they arrive."""
    kept = kept_of(order)
    may = returnable_of(order, kept, kind=ReturnKind.WITHDRAWAL, at=row.at)
    lines = [
        AskedLine(line_id=each.line_id, quantity=each.most, reason=ReturnReason.UNSAID)
        for each in may.values()
        if each.most
    ]
    if not lines:
        return None
    made = moving.create(
        order, lines, kind=ReturnKind.WITHDRAWAL, key=f"declaration-{row.id}", note=row.words, at=row.at
    )
    moving.move(order, made, ReturnState.ACCEPTED, at=at, accepted_at=at)
    letters.accepted(order, made, at=at)
    return made


@transaction.atomic
def set_declaration_aside(*, declaration_id: int, actor_id: int | None = None, at: datetime) -> None:
    """A person has dealt with a declaration from which no return was made. Raises NotFound."""
    rows = models.Declaration.objects.filter(id=declaration_id, made=None)
    if not rows.update(handled_at=at, actor_id=actor_id):
        raise NotFound(kind="declaration", key=declaration_id)
