"""What came of asking for reviews, asked of the domain that knows."""

from collections.abc import Mapping
from datetime import date

from parvis.core.days import shop_zone, start_of
from parvis.core.errors import Invalid
from parvis.domains.analytics.contracts import Figure
from parvis.domains.analytics.queries import figures
from parvis.domains.voices import queries as voices


def invitation_figures(*, since: date, until: date) -> Mapping[str, Figure]:
    """The metrics of invitations over the days [since, until), by key. Three statements.

    Deliveries are unknown, not zero, while no delivery at all was told. Raises Invalid for an empty period.
    """
    if until <= since:
        raise Invalid(field="until", problem="a period ends after it begins")
    zone = shop_zone()
    came = voices.invitation_counts(since=start_of(since, zone), until=start_of(until, zone))
    shares = {
        "invitation_review_rate": (came.reviewed, came.invited),
        "invitation_form_rate": (came.opened, came.sent),
        "invitation_refusal_rate": (came.unsubscribed, came.sent),
        "invitation_delivery_rate": (came.delivered, came.mails if came.delivered else 0),
        "invitation_return_rate": (came.returned, came.mails),
        "invitation_complaint_rate": (came.complaints, came.mails),
    }
    made = {"invitations_sent": figures.figure("invitations_sent", figures.count(came.sent))}
    return made | {key: figures.figure(key, figures.proportion(hits, of)) for key, (hits, of) in shares.items()}
