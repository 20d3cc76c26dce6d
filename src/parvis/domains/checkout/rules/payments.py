"""How news of a payment is taken in, whatever the order and however often it arrives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.domains.checkout.contracts import PaymentState

P = PaymentState

# News never leads down this ladder: a decline that is told after the authorisation which followed it changes nothing.
RANK: Mapping[PaymentState, int] = {
    P.CREATED: 0,
    P.ACTION_REQUIRED: 1,
    P.DECLINED: 1,
    P.AUTHORISED: 2,
    P.CAPTURE_FAILED: 3,
    P.CANCELLED: 4,
    P.CAPTURED: 5,
}

RESERVED_FOR = timedelta(minutes=15)
# Each attempt to pay gives time for the bank's page; all attempts together never hold goods longer than this.
ATTEMPT_TIME = timedelta(minutes=10)
RESERVED_AT_MOST = timedelta(minutes=60)
# A capture that the provider has taken on is asked about so often, for so long.
CAPTURING_WAIT, CAPTURING_AT_MOST = timedelta(minutes=2), timedelta(days=2)
CAPTURE_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What we know of a payment: its state, amounts in minor units, and how old the newest news is."""

    state: PaymentState = PaymentState.CREATED
    authorised_minor: int = 0
    captured_minor: int = 0
    decline_code: str = ""
    news_at: datetime | None = None


def merge(known: Standing, news: Standing) -> Standing:
    """``known`` brought up to date by ``news``: amounts only grow, the state only climbs :data:`RANK`; between two
    states of one rank the newer moment counts, and of one moment the later word in the alphabet, so that any
    order and repetition of the same news ends the same."""
    higher = climbs(known, news)
    return Standing(
        state=news.state if higher else known.state,
        authorised_minor=max(known.authorised_minor, news.authorised_minor),
        captured_minor=max(known.captured_minor, news.captured_minor),
        decline_code=news.decline_code if higher else known.decline_code,
        news_at=news.news_at if higher else known.news_at,
    )


def climbs(known: Standing, news: Standing) -> bool:
    """Whether ``news`` says more than is known: what else it tells of the attempt, such as its card, counts then only.
    A decline that is told late must not put its card in the place of the one that paid."""
    return _place(news) > _place(known)


def _place(standing: Standing) -> tuple[int, float, str, str]:
    moment = standing.news_at.timestamp() if standing.news_at else float("-inf")
    return RANK[standing.state], moment, standing.state.value, standing.decline_code


def reserved_until(*, placed_at: datetime, known: datetime, at: datetime) -> datetime:
    """The end of a reservation after one more attempt to pay at ``at``."""
    return max(known, min(at + ATTEMPT_TIME, placed_at + RESERVED_AT_MOST))


def next_capture(attempts: int, *, at: datetime) -> datetime | None:
    """When a capture that failed ``attempts`` times is tried again; None: it is given up."""
    return at + CAPTURE_WAITS[attempts - 1] if attempts <= len(CAPTURE_WAITS) else None
