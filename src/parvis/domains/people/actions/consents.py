"""What people agree to."""

from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Invalid
from parvis.domains.people import queries, rules
from parvis.domains.people.contracts import ConsentChanged, Purpose
from parvis.domains.people.models import Consent


@transaction.atomic
def record_consent(
    *,
    purpose: Purpose,
    granted: bool,
    source: str,
    at: datetime,
    customer_id: int | None = None,
    visitor: str | None = None,
    text_version: str = rules.TEXT_VERSION,
) -> bool:
    """Write down an answer: who, to which wording, where (``source``: "cookie banner"), when. True when it is new.

    The same answer to the same wording, given again, is not written twice. ``visitor`` is the identifier kept in the
    browser of somebody who is not signed in. Raises :class:`Invalid` when nobody is named.
    """
    if customer_id is None and not visitor:
        raise Invalid(field="customer_id", problem="a consent belongs to a customer or to a visitor")
    who: dict[str, Any] = {"customer_id": customer_id, "visitor": visitor or None}
    last = Consent.objects.filter(purpose=purpose, **who).order_by("-id").first()
    before = queries.consent(purpose=purpose, customer_id=customer_id, visitor=visitor)
    same = last is not None and last.granted == granted and last.text_version == text_version
    if same and before == granted:  # a merged record may have said otherwise
        return False
    Consent.objects.create(
        customer_id=customer_id,
        visitor=visitor or None,
        purpose=purpose,
        granted=granted,
        text_version=text_version,
        source=source,
        at=at,
    )
    if before != granted:
        outbox.publish(
            ConsentChanged(customer_id=customer_id, visitor=visitor or None, purpose=purpose, granted=granted), at=at
        )
    return True
