"""What news of parcels amounts to, whatever its order, and how many pieces of an order are where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from parvis.core.errors import Conflict, Invalid
from parvis.domains.checkout.contracts import Carrier, ParcelState, ParcelStep

P = ParcelState

# News never leads down this ladder; of one rung the newest moment counts.
RANK: Mapping[ParcelState, int] = {
    P.PREPARING: 0,
    P.HANDED_OVER: 1,
    P.IN_TRANSIT: 2,
    P.OUT_FOR_DELIVERY: 3,
    P.READY_FOR_COLLECTION: 3,
    P.FAILED: 3,
    P.RETURNED: 4,
    P.DELIVERED: 5,
}
ENDED = (P.DELIVERED, P.RETURNED)
_UNDER_WAY = (P.HANDED_OVER, P.IN_TRANSIT, P.OUT_FOR_DELIVERY, P.READY_FOR_COLLECTION, P.FAILED, P.DELIVERED)

CARRIERS = (
    Carrier(key="colissimo", name="Colissimo", pattern="https://www.laposte.fr/outils/suivre-vos-envois?code={number}"),
    Carrier(
        key="chronopost",
        name="Chronopost",
        pattern="https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}",
    ),
    Carrier(
        key="mondial-relay",
        name="Mondial Relay",
        pattern="https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition={number}",
    ),
    Carrier(key="dpd", name="DPD", pattern="https://trace.dpd.fr/fr/trace/{number}"),
    Carrier(key="dhl", name="DHL", pattern="https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}"),
    Carrier(key="ups", name="UPS", pattern="https://www.ups.com/track?tracknum={number}"),
    Carrier(key="own", name="", pattern=""),
)
"""Of a fresh shop; the brand adds its own. "own": no carrier, we bring or hand it over ourselves."""


class NothingToSend(Conflict):
    """Every piece of the order is in a parcel already, or was given back."""

    code = "nothing_to_send"
    template = "Nothing of the order %(number)s is left to send."


class ParcelGone(Conflict):
    """It has left: it can no longer be taken apart."""

    code = "parcel_gone"
    template = "The parcel has left already."


class BadCarrier(Invalid):
    """A carrier's tracking address is not one."""

    template = "%(field)s: %(problem)s"


def checked(carriers: Sequence[Carrier]) -> tuple[Carrier, ...]:
    """The carriers, if each has its own key and a tracking address that can be opened. Raises :class:`BadCarrier`."""
    if len({carrier.key for carrier in carriers}) != len(carriers):
        raise BadCarrier(field="key", problem="each carrier has its own key")
    for carrier in carriers:
        if not carrier.pattern:
            continue
        bare = carrier.pattern.replace("{number}", "", 1)
        parts = urlsplit(carrier.pattern)
        if parts.scheme != "https" or not parts.hostname or bare == carrier.pattern or "{" in bare or "}" in bare:
            raise BadCarrier(field="pattern", problem=f"{carrier.key}: give https://… with {{number}} once in it")
    return tuple(carriers)


def tracking_url(carriers: Iterable[Carrier], key: str, number: str) -> str:
    """The carrier's page of a parcel; empty when there is no number or the carrier has no such page."""
    pattern = next((carrier.pattern for carrier in carriers if carrier.key == key), "")
    return pattern.replace("{number}", quote("".join(number.split()), safe="")) if number and pattern else ""


def standing(steps: Iterable[ParcelStep]) -> ParcelStep:
    """The step that counts: the highest on the ladder, of one rung the newest, of one moment the later word in the
    alphabet, so that any order and repetition of the same news ends the same."""
    return max(steps, key=lambda step: (RANK[step.state], step.at, step.state.value))


def moment(told: datetime, *, placed_at: datetime, at: datetime) -> datetime:
    """When news happened, clocks of others not trusted: not before the order was placed, not in the future."""
    return max(placed_at, min(told, at))


# -- pieces -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Pieces:
    """Where the pieces of an order line are. ``packed``: in parcels that did not come back to us; ``gone``: of those,
    in parcels that left; ``arrived``: delivered; ``refunded``: paid back; ``brought_back``: of those, as a return."""

    quantity: int
    packed: int = 0
    gone: int = 0
    arrived: int = 0
    refunded: int = 0
    brought_back: int = 0

    @property
    def never_sent(self) -> int:
        """Pieces that were paid back instead of being sent."""
        return max(0, min(self.quantity - self.gone, self.refunded - self.brought_back))

    @property
    def to_pack(self) -> int:
        return max(0, self.quantity - self.packed - self.never_sent)

    @property
    def to_go(self) -> int:
        return max(0, self.quantity - self.gone - self.never_sent)

    @property
    def to_arrive(self) -> int:
        return max(0, self.quantity - self.arrived - self.never_sent)

    @property
    def kept(self) -> int:
        """Pieces that arrived and were not paid back since."""
        return max(0, min(self.arrived, self.quantity - self.refunded))


def counted(
    quantities: Mapping[int, int],
    parcels: Iterable[tuple[ParcelState, Mapping[int, int]]],
    *,
    refunded: Mapping[int, int],
    brought_back: Mapping[int, int],
    shipped: bool,
    delivered: bool,
) -> dict[int, Pieces]:
    """The pieces of each order line (line id -> pieces ordered). An order that was sent before there were parcels
    (``shipped``, ``delivered``) counts as sent whole."""
    known = list(parcels)
    found = {}
    for line_id, quantity in quantities.items():
        packed = _sum(known, line_id, tuple(state for state in P if state is not P.RETURNED))
        gone, arrived = _sum(known, line_id, _UNDER_WAY), _sum(known, line_id, (P.DELIVERED,))
        if not known and shipped:
            packed = gone = quantity
        if delivered:
            packed = gone = arrived = max(quantity if not known else gone, arrived)
        found[line_id] = Pieces(
            quantity=quantity,
            packed=packed,
            gone=gone,
            arrived=arrived,
            refunded=refunded.get(line_id, 0),
            brought_back=brought_back.get(line_id, 0),
        )
    return found


def _sum(parcels: Iterable[tuple[ParcelState, Mapping[int, int]]], line_id: int, states: Sequence[ParcelState]) -> int:
    return sum(lines.get(line_id, 0) for state, lines in parcels if state in states)


def wanted(pieces: Mapping[int, Pieces], lines: Mapping[int, int] | None) -> dict[int, int]:
    """What goes into a parcel: ``lines`` (line id -> pieces), or all that is left to pack. Raises Invalid for pieces
    that are not there; empty when nothing is left."""
    if lines is None:
        return {line_id: each.to_pack for line_id, each in pieces.items() if each.to_pack}
    for line_id, quantity in lines.items():
        if line_id not in pieces:
            raise Invalid(field="lines", problem=f"line {line_id} is not of this order")
        if not 0 < quantity <= pieces[line_id].to_pack:
            problem = f"{pieces[line_id].to_pack} of line {line_id} are left to send, not {quantity}"
            raise Invalid(field="lines", problem=problem)
    return dict(lines)
