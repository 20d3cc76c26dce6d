"""Everything that was decided in a period, for whoever may ask: decisions, the policies they were made under, reports,
appeals, second signatures, checks, reasons told, and who is who in the team.

A ZIP of CSV and JSON lines, written as a stream. The same period of the same data gives the same bytes, and the list of
files carries the SHA-256 of each. Cells that a spreadsheet would take for formulas are neutralised in the CSV; the JSON
lines hold the plain values. Words of authors come with personal data masked; authors, reporters and customers are not
named. Each automatic decision is reached again from what was kept of it: the column ``reproduced`` tells how that went.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from parvis.domains.people import queries as people
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import DecidedBy, Outcome, Reason
from parvis.domains.voices.queries.shape import find_personal

_STAMP = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is made
Row = dict[str, Any]

READ_ME = """What this archive holds
=======================
decisions   every decision about a voice (review, question, answer, comment): what, by whom (machine, person, author),
            when, on which ground, under which version of the policy, with the scores of the model that was in use.
            "reproduced": an automatic decision was computed again from its scores and grounds under its policy:
            yes, no, or not read (the machine could not read the voice and left it to people).
voices      the voices they are about, with personal data masked and without their authors' names.
policies    every version of the policy that these decisions name, whole.
reports     what visitors, makers, sellers and the team reported, notices of unlawful content, and the answers.
appeals     what authors contested, and the answers.
proposals   second signatures: who proposed, who confirmed.
checks      voices drawn by chance, with what a person found.
statements  the reasons as they were told to authors.
team        the people named by number in the other files.

Times are UTC (ISO 8601). The CSV and the JSON lines of a name hold the same rows; in the CSV a leading apostrophe keeps
a spreadsheet from taking a text for a formula. manifest.json names the period, the number of rows and the SHA-256 of
each file: the same period asked again gives the same files, as long as nobody was erased in between.
"""


def write_record(file: IO[bytes], *, since: datetime, until: datetime) -> dict[str, int]:
    """Write the archive of the decisions taken in [since, until) into ``file``; gives the number of rows by table.
    Memory stays flat but for the archive's own list of files."""
    tables: Mapping[str, Callable[[], Iterator[Row]]] = {
        "decisions": lambda: _decisions(since, until),
        "voices": lambda: _voices(since, until),
        "policies": lambda: _policies(until),
        "reports": lambda: _reports(since, until),
        "appeals": lambda: _appeals(since, until),
        "proposals": lambda: _proposals(since, until),
        "checks": lambda: _checks(since, until),
        "statements": lambda: _statements(since, until),
        "team": _team,
    }
    files: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            for kind, lines in (("csv", _csv), ("jsonl", _jsonl)):
                counts[name], mark = _write(archive, f"{name}.{kind}", lines(rows()))
                files[f"{name}.{kind}"] = {"rows": counts[name], "sha256": mark}
        period = {"since": _iso(since), "until": _iso(until)}
        manifest = json.dumps({"period": period, "files": files}, indent=2, sort_keys=True)
        _write(archive, "manifest.json", iter([(manifest + "\n", 0)]))
        _write(archive, "README.txt", iter([(READ_ME, 0)]))
    return counts


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterator[tuple[str, int]]) -> tuple[int, str]:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    digest, rows = hashlib.sha256(), 0
    with archive.open(entry, "w", force_zip64=True) as out:
        for text, count in pieces:
            data = text.encode()
            digest.update(data)
            out.write(data)
            rows += count
    return rows, digest.hexdigest()


def _jsonl(rows: Iterator[Row]) -> Iterator[tuple[str, int]]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n", 1


def _csv(rows: Iterator[Row]) -> Iterator[tuple[str, int]]:
    names: list[str] | None = None
    for row in rows:
        out = io.StringIO()
        writer = csv.writer(out)
        if names is None:
            names = list(row)
            writer.writerow(names)
        writer.writerow([_cell(row[name]) for name in names])
        yield out.getvalue(), 1


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return rules.neutralise_cell(str(value))


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


# -- the tables -----------------------------------------------------------------------------------------------


def _decisions(since: datetime, until: datetime) -> Iterator[Row]:
    known = {row.pk: (row.version, rules.from_data(row.settings)) for row in models.Policy.objects.all()}
    lines = models.Decision.objects.filter(at__gte=since, at__lt=until).order_by("id")
    for line in lines.iterator(chunk_size=2000):
        version, policy = known.get(line.policy_id or 0, (None, None))
        yield {
            "id": line.pk,
            "voice": line.voice_id,
            "at": _iso(line.at),
            "outcome": line.outcome,
            "by": line.by,
            "person": line.actor_id,
            "ground": line.reason,
            "note": line.note,
            "state_before": line.state_before,
            "state_after": line.state_after,
            "policy_version": version,
            "model": line.model,
            "language": line.language,
            "scores": line.scores,
            "undoes": line.undoes_id,
            "reproduced": _reproduced(line, policy),
        }


def _reproduced(line: models.Decision, policy: rules.Policy | None) -> str | None:
    """Whether an automatic decision is reached again from what was kept of it; None for people's decisions."""
    if line.by != DecidedBy.MACHINE:
        return None
    if policy is None:
        return "no policy kept"
    if line.reason == Reason.NOT_READ:
        return "not read"
    known = {line.reason, *(part.strip() for part in line.note.split(","))} & set(Reason)
    order = [Reason(key) for key in known]
    toxicity, spam = line.scores.get("toxicity", 0.0), line.scores.get("spam", 0.0)
    again = rules.conclude(order, toxicity, spam, policy, language=line.language)
    return "yes" if again.outcome is Outcome(line.outcome) else "no"


def _voices(since: datetime, until: datetime) -> Iterator[Row]:
    about = models.Decision.objects.filter(at__gte=since, at__lt=until).values("voice_id")
    voices = models.Voice.objects.filter(id__in=about).order_by("id")
    for voice in voices.iterator(chunk_size=2000):
        spans = find_personal(voice.title, voice.text, "")
        yield {
            "id": voice.pk,
            "kind": voice.kind,
            "product": voice.product_id,
            "stars": voice.stars,
            "title": rules.masked(voice.title, spans, field="title"),
            "text": rules.masked(voice.text, spans, field="text"),
            "language": voice.language,
            "origin": voice.origin,
            "verified": voice.verified,
            "incentive": voice.incentive,
            "experienced_on": voice.experienced_on.isoformat() if voice.experienced_on else None,
            "submitted_at": _iso(voice.submitted_at),
            "received_at": _iso(voice.received_at),
            "published_at": _iso(voice.published_at),
            "state": voice.state,
        }


def _policies(until: datetime) -> Iterator[Row]:
    for row in models.Policy.objects.filter(at__lt=until).order_by("version"):
        yield {
            "version": row.version,
            "at": _iso(row.at),
            "person": row.author_id,
            "note": row.note,
            "settings": row.settings,
        }


def _reports(since: datetime, until: datetime) -> Iterator[Row]:
    for row in models.Report.objects.filter(at__gte=since, at__lt=until).order_by("id").iterator(chunk_size=2000):
        yield {
            "id": row.pk,
            "voice": row.voice_id,
            "at": _iso(row.at),
            "role": row.role,
            "notice": row.notice,
            "ground": row.ground,
            "why": row.why,
            "url": row.url,
            "good_faith": row.good_faith,
            "reported_by_person": row.staff_id,
            "state": row.state,
            "answered_at": _iso(row.answered_at),
            "answered_by_person": row.actor_id,
            "answer": row.answer,
        }


def _appeals(since: datetime, until: datetime) -> Iterator[Row]:
    for row in models.Appeal.objects.filter(at__gte=since, at__lt=until).order_by("id").iterator(chunk_size=2000):
        yield {
            "id": row.pk,
            "voice": row.voice_id,
            "decision": row.decision_id,
            "at": _iso(row.at),
            "text": row.text,
            "state": row.state,
            "answer": row.answer,
            "answered_at": _iso(row.answered_at),
            "answered_by_person": row.actor_id,
        }


def _proposals(since: datetime, until: datetime) -> Iterator[Row]:
    for row in models.Proposal.objects.filter(at__gte=since, at__lt=until).order_by("id").iterator(chunk_size=2000):
        yield {
            "id": row.pk,
            "voice": row.voice_id,
            "at": _iso(row.at),
            "outcome": row.outcome,
            "ground": row.reason,
            "note": row.note,
            "first_person": row.actor_id,
            "second_person": row.closed_by_id,
            "closed_at": _iso(row.closed_at),
            "confirmed": row.confirmed,
            "decision": row.decision_id,
        }


def _checks(since: datetime, until: datetime) -> Iterator[Row]:
    drawn = models.Check.objects.filter(drawn_at__gte=since, drawn_at__lt=until).order_by("id")
    for row in drawn.iterator(chunk_size=2000):
        yield {
            "voice": row.voice_id,
            "drawn_at": _iso(row.drawn_at),
            "chance": row.chance,
            "fit": row.fit,
            "ground": row.reason,
            "person": row.actor_id,
            "checked_at": _iso(row.checked_at),
        }


def _statements(since: datetime, until: datetime) -> Iterator[Row]:
    told = models.Statement.objects.filter(decision__at__gte=since, decision__at__lt=until).order_by("id")
    for row in told.iterator(chunk_size=2000):
        yield {
            "decision": row.decision_id,
            "voice": row.voice_id,
            "at": _iso(row.at),
            "locale": row.locale,
            "ground": row.ground,
            "words": row.words,
            "automated": row.automated,
            "sent": row.sent,
        }


def _team() -> Iterator[Row]:
    for one in sorted(people.all_staff(), key=lambda each: each.account_id):
        yield {"id": one.account_id, "name": one.name, "role": one.role.value, "active": one.active}
