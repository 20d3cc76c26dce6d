"""What a buyer agreed to at another's door becomes part of their own record of consents, once they have bought."""

from collections.abc import Sequence
from datetime import datetime

from parvis.domains.checkout import models
from parvis.domains.people import actions as people
from parvis.domains.people import queries
from parvis.domains.people.contracts import Purpose

# What doors call it (ACP by channel, UCP and ours by purpose) -> what it is for us. We market by e-mail alone.
PURPOSES = {"email": Purpose.MARKETING, "marketing": Purpose.MARKETING, "analytics": Purpose.ANALYTICS}


def carry_consents(*, order_ids: Sequence[int], at: datetime) -> int:
    """Record the answers given in the sessions of paid orders; returns how many are new.

    A program speaks for somebody whom it may not know: what this person told us themselves always stands, and a
    purchase is what shows that the address is theirs to give. Doing it twice changes nothing.
    """
    rows = models.Session.objects.filter(order_id__in=order_ids, agent__isnull=False).exclude(consents={})
    new = 0
    for row in rows.select_related("order", "agent").order_by("id"):
        if row.order is None or row.order.customer_id is None or row.agent is None:
            continue
        for name, granted in row.consents.items():
            purpose = PURPOSES.get(name)
            known = purpose and queries.consent(purpose=purpose, customer_id=row.order.customer_id) is not None
            if purpose is None or known:
                continue
            new += people.record_consent(
                purpose=purpose,
                granted=bool(granted),
                source=f"agent {row.agent.key}"[:60],
                customer_id=row.order.customer_id,
                at=at,
            )
    return new
