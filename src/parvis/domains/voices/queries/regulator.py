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

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import DecidedBy, Finding, Outcome, Reason
from parvis.domains.voices.queries import regulator_tables as tables
from parvis.domains.voices.queries.regulator_tables import Row, iso
from parvis.domains.voices.queries.shape import find_personal
from parvis.domains.voices.rules import opinions as of_models

_STAMP = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is made

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
bursts      voices of several people with nearly the same words, group by group; how alike (0 to 1) to the nearest.
opinions    what a language model was asked and said of voices that waited. It never refuses. Where the policy says
            "release" (its setting second_opinions), a voice that the machine leaned to publish was published ("acted").
passes      voices that waited, decided about again after a change of policy.
team        the people named by number in the other files.

Times are UTC (ISO 8601). The CSV and the JSON lines of a name hold the same rows; in the CSV a leading apostrophe keeps
a spreadsheet from taking a text for a formula. manifest.json names the period, the number of rows and the SHA-256 of
each file: the same period asked again gives the same files, as long as nobody was erased in between.
"""


def write_record(file: IO[bytes], *, since: datetime, until: datetime) -> dict[str, int]:
    """Write the archive of the decisions taken in [since, until) into ``file``; gives the number of rows by table.
    Memory stays flat but for the archive's own list of files."""
    contents: Mapping[str, Callable[[], Iterator[Row]]] = {
        "decisions": lambda: _decisions(since, until),
        "voices": lambda: _voices(since, until),
        "policies": lambda: tables.policies(until),
        "reports": lambda: tables.reports(since, until),
        "appeals": lambda: tables.appeals(since, until),
        "proposals": lambda: tables.proposals(since, until),
        "checks": lambda: tables.checks(since, until),
        "statements": lambda: tables.statements(since, until),
        "bursts": lambda: tables.bursts(since, until),
        "opinions": lambda: tables.opinions(since, until),
        "passes": lambda: tables.passes(since, until),
        "team": tables.team,
    }
    files: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in contents.items():
            for kind, lines in (("csv", _csv), ("jsonl", _jsonl)):
                counts[name], mark = _write(archive, f"{name}.{kind}", lines(rows()))
                files[f"{name}.{kind}"] = {"rows": counts[name], "sha256": mark}
        period = {"since": iso(since), "until": iso(until)}
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


# -- the tables -----------------------------------------------------------------------------------------------


def _decisions(since: datetime, until: datetime) -> Iterator[Row]:
    known = {row.pk: (row.version, rules.from_data(row.settings)) for row in models.Policy.objects.all()}
    lines = models.Decision.objects.filter(at__gte=since, at__lt=until).order_by("id")
    for line in lines.iterator(chunk_size=2000):
        version, policy = known.get(line.policy_id or 0, (None, None))
        yield {
            "id": line.pk,
            "voice": line.voice_id,
            "at": iso(line.at),
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
    if line.note == of_models.NOTE:
        return _released_again(line, policy)
    known = {line.reason, *(part.strip() for part in line.note.split(","))} & set(Reason)
    order = [Reason(key) for key in known]
    toxicity, spam = line.scores.get("toxicity", 0.0), line.scores.get("spam", 0.0)
    again = rules.conclude(order, toxicity, spam, policy, language=line.language)
    return "yes" if again.outcome is Outcome(line.outcome) else "no"


def _released_again(line: models.Decision, policy: rules.Policy) -> str:
    """Whether a publication that a language model's opinion tipped is reached again from the opinion as it was kept."""
    opinion = models.Opinion.objects.filter(voice_id=line.voice_id, acted=True).first()
    earlier = models.Decision.objects.filter(voice_id=line.voice_id, id__lt=line.pk).order_by("-id").first()
    if opinion is None or earlier is None:
        return "no opinion kept"
    said = {name: Finding(answer) for name, answer in opinion.findings.items()}
    suggests, _ = of_models.suggestion(said, supported=bool(opinion.passages), suspect=opinion.suspect)
    again = policy.second_opinions is rules.OpinionMode.RELEASE and of_models.releasable(
        suggests,
        suspect=opinion.suspect,
        confidence=opinion.confidence,
        scores=(line.scores.get("toxicity", 1.0), line.scores.get("spam", 1.0)),
        grounds=of_models.grounds_of(earlier.reason, earlier.note),
    )
    return "yes" if again else "no"


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
            "submitted_at": iso(voice.submitted_at),
            "received_at": iso(voice.received_at),
            "published_at": iso(voice.published_at),
            "state": voice.state,
        }
