"""Mail that went out, waits or was not sent, with the reason. Links in it stay its reader's."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.messaging import actions, ports, queries
from parvis.domains.messaging.contracts import (
    Ground,
    MailCounts,
    Message,
    MessageFilters,
    MessageState,
    NoticeKind,
    Purpose,
)
from parvis.domains.people import actions as people_actions
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import figures, frame, letters

STATES: dict[MessageState, tuple[str | Promise, str]] = {
    MessageState.WAITING: (gettext_lazy("to be sent"), "note"),
    MessageState.SENDING: (gettext_lazy("being sent"), "note"),
    MessageState.SENT: (gettext_lazy("sent"), "positive"),
    MessageState.FAILED: (gettext_lazy("given up"), "negative"),
    MessageState.BOUNCED: (gettext_lazy("came back"), "negative"),
    MessageState.SUPPRESSED: (gettext_lazy("not sent"), "caution"),
    MessageState.UNSURE: (gettext_lazy("perhaps sent"), "caution"),
}
NOTICES: dict[NoticeKind, tuple[str | Promise, str]] = {
    NoticeKind.DELIVERED: (gettext_lazy("taken by the reader’s server"), "positive"),
    NoticeKind.DELAYED: (gettext_lazy("still on its way"), "note"),
    NoticeKind.LOST: (gettext_lazy("came back: not taken this time"), "caution"),
    NoticeKind.BOUNCED: (gettext_lazy("came back: the address takes no mail"), "negative"),
    NoticeKind.COMPLAINT: (gettext_lazy("called unwanted by its reader"), "negative"),
}
GROUNDS: dict[Ground, str | Promise] = {
    Ground.UNSUBSCRIBED: gettext_lazy("The reader has refused such mail."),
    Ground.ERASED: gettext_lazy("The reader’s data was erased."),
    Ground.NO_CONSENT: gettext_lazy("The reader has not agreed to news and offers."),
    Ground.BOUNCED_BEFORE: gettext_lazy("Mail to this address has come back before."),
    Ground.CAPPED: gettext_lazy("The reader had been written to too often, and it would have come too late."),
    Ground.EXPIRED: gettext_lazy("Its time was over before it could be sent."),
    Ground.CANCELLED: gettext_lazy("It was no longer needed."),
}
PURPOSES: dict[Purpose, str | Promise] = {
    Purpose.SERVICE: gettext_lazy("answers what somebody did"),
    Purpose.OPINION: gettext_lazy("asks for a review or an answer"),
    Purpose.MARKETING: gettext_lazy("news and offers"),
}
DAYS = 30
_TABS = (
    ("", gettext_lazy("All"), ()),
    ("sent", gettext_lazy("Sent"), (MessageState.SENT,)),
    ("waiting", gettext_lazy("To be sent"), (MessageState.WAITING, MessageState.SENDING)),
    ("held", gettext_lazy("Not sent"), (MessageState.SUPPRESSED,)),
    ("lost", gettext_lazy("To look at"), (MessageState.FAILED, MessageState.BOUNCED, MessageState.UNSURE)),
)


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def mail_list(request: HttpRequest) -> HttpResponse:
    """GET: mails, newest first, by state, purpose and words."""
    tab = request.GET.get("state", "")
    purpose = request.GET.get("purpose", "")
    cursor = request.GET.get("cursor")
    text = request.GET.get("q", "").strip()[:200]
    known = purpose in set(Purpose)
    base = MessageFilters(purpose=Purpose(purpose) if known else None, text=text)
    states = next((states for key, _words, states in _TABS if key == tab), ())
    counts = queries.counts(base)
    page = queries.messages(MessageFilters(states=states, purpose=base.purpose, text=text), cursor, limit=50)
    context = {
        "heading": _("Mail"),
        "tabs": [_tab(request, key, words, wanted, counts, tab) for key, words, wanted in _TABS],
        "messages_shown": [_row(message) for message in page.items],
        "purposes": [("", _("Every purpose")), *((key.value, words) for key, words in PURPOSES.items())],
        "purpose": purpose,
        "q": text,
        "filtered": bool(text or known or tab),
        "transport": ports.transport().name,
        "figures": _figures(queries.mail_counts(since=(at := now()) - timedelta(days=DAYS), until=at)),
        "days": DAYS,
        **frame.pages(request, page.next, paged=bool(cursor)),
    }
    return frame.page(request, "studio/mail/list.html", context, room="mail")


def _figures(counts: MailCounts) -> list[dict[str, str]]:
    """What became of the mail of the last weeks; nothing while none was sent."""
    if not counts.sent:
        return []
    shown = [
        (
            _("Came back"),
            counts.bounced + counts.lost,
            _("Mails that came back after they were taken, over mails sent."),
        ),
        (_("Called unwanted"), counts.complaints, _("Mails that their reader called unwanted, over mails sent.")),
    ]
    if counts.delivered:  # only some providers tell
        told = _("Mails of which the reader’s server said that it took them, over mails sent.")
        shown.insert(0, (_("Delivered"), counts.delivered, told))
    sent = {
        "name": _("Mails sent"),
        "value": marks.number(counts.sent),
        "definition": _("Mails handed over in the period."),
    }
    return [sent, *(figures.proportion(name, part, counts.sent, words) for name, part, words in shown)]


def _tab(
    request: HttpRequest,
    key: str,
    words: str | Promise,
    states: tuple[MessageState, ...],
    counts: dict[MessageState, int],
    current: str,
) -> dict[str, object]:
    params = request.GET.copy()
    params.pop("cursor", None)
    params.pop("state", None)
    if key:
        params["state"] = key
    total = sum(counts.get(state, 0) for state in (states or MessageState))
    return {"label": words, "url": f"?{params.urlencode()}", "current": key == current, "count": marks.number(total)}


def _row(message: Message) -> dict[str, object]:
    words, kind = STATES[message.state]
    return {
        "message": message,
        "state": words,
        "kind": kind,
        "why": GROUNDS[message.ground] if message.ground else "",
        "purpose": PURPOSES[message.purpose],
    }


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def mail_page(request: HttpRequest, mail_id: int) -> HttpResponse:
    """GET: one mail, its words and what became of it."""
    message = queries.message(mail_id)
    context = {
        "heading": message.subject or _("A mail without words"),
        **_row(message),
        "text": message.text if message.provenance else letters.hidden_links(message.text),
        "emptied": not message.text and not message.html,
        "notices": [(notice, *NOTICES[notice.kind]) for notice in queries.notices(mail_id)],
        "can_send": message.state in (MessageState.FAILED, MessageState.UNSURE),
    }
    return frame.page(request, "studio/mail/message.html", context, room="mail")


@require_GET
@letters.framed
@letters.harmless
@requires(Permission.CUSTOMERS_VIEW)
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """GET: the mail as its reader sees it, for a frame."""
    message = queries.message(mail_id)
    return letters.document(message.html if message.provenance else letters.hidden_links(message.html))


@require_POST
@requires(Permission.SETTINGS_EDIT)
def again(request: HttpRequest, mail_id: int) -> HttpResponse:
    """POST: try a mail again that was given up, or of which nobody knows whether it went."""
    at = now()
    back = reverse("studio:mail_message", args=[mail_id])
    problem = frame.attempt(lambda: actions.send_again(message_id=mail_id, at=at))
    if problem:
        return frame.failed(request, problem, back)
    people_actions.note(
        actor_id=frame.staff_of(request).account_id,
        verb="mail.sent_again",
        subject_kind="mail",
        subject_id=mail_id,
        at=at,
    )
    return frame.done(request, _("It is sent again."), back)
