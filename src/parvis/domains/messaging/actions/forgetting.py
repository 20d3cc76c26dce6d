"""What was written to people goes when they ask, and in time by itself."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from parvis.domains.messaging import models, rules
from parvis.domains.messaging.actions.refusing import refuse
from parvis.domains.messaging.contracts import SETTLED, Ground, MessageState

_EMPTY = {"to_email": "", "subject": "", "text": "", "html": "", "error": "", "stop_url": ""}


@transaction.atomic
def forget_customer(*, customer_id: int, address_digest: str = "", at: datetime) -> int:
    """Empty every mail to an erased customer, also those that went to the address alone, and see that nothing more is
    asked of their addresses; returns how many mails. What waits is not sent. Repeating it finds nothing left."""
    own = Q(customer_id=customer_id)
    own |= Q(customer=None, address_digest=address_digest) if address_digest else Q(pk=None)
    theirs = models.Message.objects.select_for_update(of=("self",)).filter(own)
    rows = list(theirs.order_by("id"))
    for digest in {row.address_digest for row in rows if row.address_digest}:
        refuse(digest, ground=Ground.ERASED, source="erasure", at=at)
    theirs.filter(state__in=(MessageState.WAITING.value, MessageState.FAILED.value, MessageState.UNSURE.value)).update(
        state=MessageState.SUPPRESSED, ground=Ground.ERASED.value
    )
    models.Notice.objects.filter(message_id__in=[row.pk for row in rows]).update(told="")
    return theirs.update(**_EMPTY, address_digest="", customer=None)


def forget_old(*, at: datetime) -> int:
    """Empty mails whose matter is long settled: that one was sent stays known, what it said does not."""
    old = models.Message.objects.filter(created_at__lt=at - rules.KEPT_FOR).exclude(text="", html="")
    settled = old.filter(state__in=[state.value for state in SETTLED])
    with transaction.atomic():
        models.Notice.objects.filter(message__in=settled).exclude(told="").update(told="")
        return settled.update(**_EMPTY)
