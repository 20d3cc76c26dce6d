"""What the buyer is told of a return."""

from datetime import datetime

from django.utils.translation import gettext

from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions import letters
from parvis.domains.checkout.actions.letters import Letter
from parvis.domains.checkout.contracts import ReturnKind, ReturnShipping


def _pieces(order: models.Order, row: models.Return) -> list[str]:
    return letters.named(order, dict(row.lines.values_list("line_id", "quantity")))


def _page(order: models.Order, row: models.Return) -> str:
    return letters.order_url(order, f"returns/{row.token}/")


def _links(order: models.Order, row: models.Return) -> list[tuple[str, str]]:
    return [(gettext("See the return and print its slip"), _page(order, row))]


def accepted(order: models.Order, row: models.Return, *, at: datetime) -> None:
    """The receipt of a withdrawal, on a durable medium (L221-21), or the acceptance of a claim; how to send it."""
    policy = queries.return_policy()

    def write() -> Letter:
        withdrawal = row.kind == ReturnKind.WITHDRAWAL
        moment = letters.day(row.requested_at, order.locale)
        words = (
            gettext("We have received your withdrawal from the order %(number)s on %(day)s. It concerns:")
            if withdrawal
            else gettext("Your claim about the order %(number)s of %(day)s is accepted. It concerns:")
        )
        after = [gettext("Put the slip into the parcel and send it within 14 days to:")]
        after.append(policy.address or queries.seller().address)
        after.append(
            gettext("You choose the carrier and pay for the way back. Keep the proof of posting.")
            if withdrawal and policy.shipping is ReturnShipping.BUYER
            else gettext("The way back costs you nothing: use the label that we send you.")
        )
        if policy.instructions(order.locale):
            after.append(policy.instructions(order.locale))
        return Letter(
            subject=gettext("Your return %(number)s") % {"number": row.number},
            paragraphs=[words % {"number": order.number, "day": moment}],
            lines=_pieces(order, row),
            links=_links(order, row),
            after=after,
        )

    letters.send(order, key=f"checkout.return:{row.id}:accepted", write=write, at=at)


def requested(order: models.Order, row: models.Return, *, at: datetime) -> None:
    """A claim has arrived and will be looked at."""

    def write() -> Letter:
        return Letter(
            subject=gettext("Your return %(number)s") % {"number": row.number},
            paragraphs=[
                gettext("We have received your claim about the order %(number)s. A person looks at it and answers you.")
                % {"number": order.number}
            ],
            lines=_pieces(order, row),
            links=[(gettext("See the return"), _page(order, row))],
        )

    letters.send(order, key=f"checkout.return:{row.id}:requested", write=write, at=at)


def received(order: models.Order, row: models.Return, *, at: datetime) -> None:
    """The goods are here, and the money follows."""
    came = {line_id: pieces or 0 for line_id, pieces in row.lines.values_list("line_id", "received")}

    def write() -> Letter:
        return Letter(
            subject=gettext("Your return %(number)s has arrived") % {"number": row.number},
            paragraphs=[gettext("We have received your parcel and look at what is in it. The money follows.")],
            lines=letters.named(order, came),
            links=[(gettext("See the return"), _page(order, row))],
        )

    letters.send(order, key=f"checkout.return:{row.id}:received", write=write, at=at)


def refused(order: models.Order, row: models.Return, *, at: datetime) -> None:
    """A return is refused, and why."""

    def write() -> Letter:
        return Letter(
            subject=gettext("About your return %(number)s") % {"number": row.number},
            paragraphs=[
                gettext("We cannot take back what you asked us to, for this reason:"),
                row.answer,
                gettext("If you think that this is wrong, answer to this mail, or go to the consumer mediator."),
            ],
            lines=_pieces(order, row),
            links=[(gettext("See the return"), _page(order, row))],
        )

    letters.send(order, key=f"checkout.return:{row.id}:refused", write=write, at=at)


def declared(order: models.Order, declaration: models.Declaration, row: models.Return | None, *, at: datetime) -> None:
    """The receipt of a withdrawal declared with the form: what was declared and when."""

    def write() -> Letter:
        when = letters.day(declaration.at, order.locale)
        known = gettext(
            "This is the receipt of your declaration of %(day)s: %(name)s withdraws from the contract of the order "
            "%(number)s."
        ) % {"day": when, "name": declaration.name, "number": order.number}
        paragraphs = [known]
        if declaration.words:
            paragraphs.append(gettext("You wrote: %(words)s") % {"words": declaration.words})
        if row is None:
            paragraphs.append(gettext("A person looks at it and answers you."))
        return Letter(
            subject=gettext("Receipt of your withdrawal, order %(number)s") % {"number": order.number},
            paragraphs=paragraphs,
            lines=_pieces(order, row) if row is not None else (),
            links=_links(order, row) if row is not None else [(gettext("See your order"), letters.order_url(order))],
        )

    letters.send(order, key=f"checkout.declaration:{declaration.id}", write=write, at=at)
