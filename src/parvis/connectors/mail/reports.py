"""News of mails as the world writes them: delivery reports (RFC 3464), complaints (RFC 5965), and lists of events.

A bounce box gets anything: answers of people on holiday, spam, half a report. What cannot be understood gives nothing,
and never an exception.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import compat32
from typing import Any

from parvis.domains.messaging import rules
from parvis.domains.messaging.contracts import NewNotice, NoticeKind

MOST_EVENTS = 500
_OURS = re.compile(r"<?\s*([0-9a-f]{32})@")
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# of several readers in one report, the worst counts: our mails have one reader
_WORST = (NoticeKind.BOUNCED, NoticeKind.LOST, NoticeKind.DELAYED, NoticeKind.DELIVERED)
_DEPTH = 6


class BadEvents(ValueError):
    """Not the list of events that the door takes; the message, for programs only, says what is wrong with it."""


def from_mail(raw: bytes) -> tuple[NewNotice, ...]:
    """A mail of a bounce box or of a feedback loop, whole; () when it is neither a report nor about a mail of ours."""
    try:
        mail = BytesParser(policy=compat32).parsebytes(raw)
        parts = list(_parts(mail))
        mail_id = _about(mail, parts)
        if not mail_id:
            return ()
        if any(part.get_content_type() == "message/feedback-report" for part in parts):
            return (_notice(NoticeKind.COMPLAINT, mail_id, "", _feedback(parts), "feedback loop"),)
        told = [each for part in parts if part.get_content_type() == "message/delivery-status" for each in _told(part)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ()  # the standard library's reader gives up on some broken mails in its own ways
    for kind in _WORST:
        for found, code, words in told:
            if found is kind:
                return (_notice(kind, mail_id, code, words, "delivery report"),)
    return ()


def from_events(body: bytes) -> tuple[NewNotice, ...]:
    """``{"events": [{"id", "type", "message_id", "status", "told"}]}`` as a mail provider's webhook is translated to.

    ``type``: delivered, delayed, lost, bounced, complaint, or returned (then ``status`` decides which kind it is).
    Raises :class:`BadEvents` for anything else, naming the event.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadEvents("not JSON") from error
    events = given.get("events") if isinstance(given, dict) else None
    if not isinstance(events, list):
        raise BadEvents("no list of events")
    if len(events) > MOST_EVENTS:
        raise BadEvents(f"more than {MOST_EVENTS} events")
    return tuple(_event(each, number) for number, each in enumerate(events))


def _event(given: Any, number: int) -> NewNotice:
    names = ("id", "type", "message_id", "status", "told")
    fields = {name: given.get(name, "") for name in names} if isinstance(given, dict) else {}
    if not fields or not all(isinstance(value, str) for value in fields.values()) or not fields["id"].strip():
        raise BadEvents(f"event {number} lacks an id, or a field of it is no text")
    said, code = fields["type"], fields["status"].strip()
    if said == "returned":
        kind = rules.notice_kind("failed", code)
    elif said in set(NoticeKind):
        kind = NoticeKind(said)
    else:
        raise BadEvents(f"event {number} has an unknown type")
    found = _OURS.search(fields["message_id"])
    # an id may be longer than what is kept of it, and two long ones may begin alike
    event = "event:" + hashlib.sha256(fields["id"].encode()).hexdigest()
    return NewNotice(
        event=event,
        kind=kind,
        mail_id=found.group(1) if found else "",
        code=code if _CODE.fullmatch(code) else "",
        told=_words(fields["told"]),
        source="provider",
    )


def _notice(kind: NoticeKind, mail_id: str, code: str, told: str, source: str) -> NewNotice:
    # The same report piped in by two roads is one: made of what it says, not of how it came.
    event = "report:" + hashlib.sha256(f"{mail_id}\0{kind}\0{code}".encode()).hexdigest()
    return NewNotice(event=event, kind=kind, mail_id=mail_id, code=code, told=told, source=source)


def _parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """The mail and its parts, without looking into the mail that was returned."""
    yield mail
    inner = mail.get_payload()
    if (
        depth < _DEPTH
        and mail.is_multipart()
        and mail.get_content_maintype() == "multipart"
        and isinstance(inner, list)
    ):
        for part in inner:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _about(mail: Message, parts: list[Message]) -> str:
    """Which mail of ours it speaks of: the returned one's Message-ID, else what the report answers to."""
    for part in parts:
        for header in _returned(part):
            found = _OURS.search(str(header.get("Message-ID", "")))
            if found:
                return found.group(1)
    for name in ("In-Reply-To", "References"):
        found = _OURS.search(str(mail.get(name, "")))
        if found:
            return found.group(1)
    return ""


def _returned(part: Message) -> Iterator[Message]:
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))
    elif kind == "text/rfc822-headers":
        decoded = part.get_payload(decode=True)
        text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else str(payload)
        yield HeaderParser(policy=compat32).parsestr(text)
    elif kind == "message/rfc822-headers" and isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _told(part: Message) -> Iterator[tuple[NoticeKind, str, str]]:
    """For each reader of a delivery report: what, the enhanced status, the server's own words."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message) or "Action" not in block:
            continue
        action = str(block.get("Action", "")).strip().lower().split()[:1]
        words = str(block.get("Diagnostic-Code", ""))
        # a server's own words are often nearer to the truth than a general 5.0.0 beside them
        status = _CODE.search(str(block.get("Status", ""))) or _CODE.search(words)
        precise = _CODE.search(words)
        code = status.group(1) if status else ""
        if precise and code.endswith(".0.0") and precise.group(1)[0] == code[0]:
            code = precise.group(1)
        yield rules.notice_kind(action[0] if action else "", code), code, _words(words)


def _feedback(parts: list[Message]) -> str:
    for part in parts:
        blocks: Any = part.get_payload() if part.get_content_type() == "message/feedback-report" else None
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, Mapping | Message) and "Feedback-Type" in block:
                return _words(str(block.get("Feedback-Type", "")))
    return ""


def _words(text: str) -> str:
    """One line without what cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:300]
