"""mail: what was written to whom, and why something was not sent."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from parvis.interfaces.cli import show


def mail(
    number: Annotated[int | None, typer.Argument(help="Show this mail in full, with its links.")] = None,
    state: Annotated[
        str, typer.Option(help="waiting, sending, sent, failed, bounced, suppressed or unsure; empty: all")
    ] = "",
    to: Annotated[str, typer.Option(help="A part of the reader's address or of the subject.")] = "",
    returned: Annotated[
        list[Path] | None,
        typer.Option(help="Take in mail that came back: a file of a bounce box, or - for standard input. Repeatable."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many, newest first.")] = 20,
    as_json: show.AsJson = False,
) -> None:
    """Mail that went out, waits or was not sent, with the reason.

    Without PARVIS_EMAIL_URL nothing leaves this machine: mails are kept here and as files under PARVIS_HOME/mail.
    """
    show.start_django()
    if returned:
        _take_in(returned, as_json=as_json)
        return
    from parvis.core.errors import Invalid
    from parvis.domains.messaging import queries
    from parvis.domains.messaging.contracts import MessageFilters, MessageState

    if number is not None:
        found = queries.message(number)
        head = f"To: {found.to_email}\nSubject: {found.subject}\nState: {found.state}"
        value = {"id": found.id, "to": found.to_email, "subject": found.subject, "state": found.state}
        show.result({**value, "text": found.text, "html": found.html}, as_json=as_json)
        if not as_json:
            show.out.print(f"{head}\n\n{found.text}", markup=False, highlight=False, soft_wrap=True)
        return
    if state and state not in set(MessageState):
        raise Invalid(field="state", problem=f"none of {', '.join(MessageState)}")
    filters = MessageFilters(states=(MessageState(state),) if state else (), text=to)
    mails = queries.messages(filters, limit=limit).items
    rows = [
        (
            each.id,
            each.to_email,
            each.subject,
            f"{each.state} {each.ground or ''}".strip(),
            f"{each.due_at:%Y-%m-%d %H:%M}",
        )
        for each in mails
    ]
    columns = ("number", "to", "subject", "state", "due")
    listed = [dict(zip(columns, row, strict=True)) for row in rows]
    show.result(listed, as_json=as_json, text=show.table("Mail", columns, rows))


def _take_in(files: list[Path], *, as_json: bool) -> None:
    """Mail that came back, as a mail server pipes it: delivery reports and complaints, each once."""
    from parvis.connectors.mail import inbound, reports

    raws = [sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes() for path in files]
    counted = inbound.take(notice for raw in raws for notice in reports.from_mail(raw))
    told = f"{counted['taken']} new, {counted['known']} known, {counted['unknown']} not ours, of {len(raws)} mails"
    show.result({**counted, "mails": len(raws)}, as_json=as_json, text=told)
