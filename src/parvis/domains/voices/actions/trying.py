"""An import tried out: a look at the beginning of the file, and a run over it that takes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from parvis.core.errors import Conflict
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.actions import files
from parvis.domains.voices.actions.imported import Rows, mark, reference, voices_by_ref
from parvis.domains.voices.actions.importing import BATCH, date_values, fail, locked, proposed, require
from parvis.domains.voices.contracts import ImportCheck, ImportPreview, ImportRun, ImportState
from parvis.domains.voices.rules import admission, dates, layouts, plans, rows

MOST_TRIED = 200_000
SHOWN = 10
_EXAMPLES = 20
_UNMATCHED = 50
_KEPT = 300


def preview_import(*, run_id: int, at: datetime) -> ImportPreview:
    """The headers and first rows of a stored file, with the plan that is kept for it or else proposed.

    Raises NotFound; :class:`files.BadFile` for what is no table, and then the import has failed; Conflict once the
    file is gone.
    """
    row = locked(run_id, lock=False)
    path = _path(row)
    try:
        return _preview(row, path)
    except files.BadFile as error:
        fail(row, error, at)
        raise


def _preview(row: models.ImportRun, path: Path) -> ImportPreview:
    plan, remembered = proposed(row, path)
    with closing(files.open_source(path)) as found:
        every = {header: header for header in found.headers}
        shown = [
            {name: value[:_KEPT] for name, value in record.cells.items()} for record in islice(found.read(every), SHOWN)
        ]
        doubtful = dates.survey(date_values(path, plan))
        return ImportPreview(
            format=found.format,
            encoding=found.encoding,
            headers=found.headers,
            rows=tuple(shown),
            plan=plan,
            layout_name=layouts.BY_KEY[plan.layout].name if plan.layout in layouts.BY_KEY else "",
            remembered=remembered,
            doubtful_dates=doubtful.examples if doubtful.doubtful else (),
        )


def check_import(*, run_id: int, at: datetime, progress: Callable[[int, int], None] | None = None) -> ImportRun:
    """Read the whole file by its plan and count what importing it would do; nothing is taken.

    Of a file with more than 200,000 rows the beginning is tried. A file that is no table gives a run in state
    ``failed``. Raises NotFound, Conflict when it is being imported already.
    """
    row = locked(run_id, lock=False)
    if row.state not in (ImportState.DRAFT, ImportState.CHECKING, ImportState.CHECKED):
        raise Conflict(reason="this file is being imported or has been")
    try:
        path = _path(row)
        plan, _ = proposed(row, path)
        with closing(files.open_source(path)) as found:
            require(plan, found)
            trial = _Trial(Rows(plan), at)
            records = found.read(plan.columns)
            while batch := list(islice(records, BATCH)):
                trial.add(batch)
                if progress is not None:
                    progress(min(found.position[0], found.total), found.total)
                if trial.tried >= MOST_TRIED:
                    break
            whole = trial.tried < MOST_TRIED or next(records, None) is None
    except files.BadFile as error:
        return fail(row, error, at)
    # only if nobody has changed the plan, started it or thrown it away meanwhile
    models.ImportRun.objects.filter(id=run_id, state=row.state, plan=row.plan).update(
        trial=asdict(trial.result(whole=whole)),
        plan=plans.to_json(plan),
        format=found.format,
        encoding=found.encoding,
        state=ImportState.CHECKED,
    )
    return queries.import_run(run_id)


def _path(row: models.ImportRun) -> Path:
    path = Path(row.stored_path)
    if not row.stored_path or not path.exists():
        raise Conflict(reason="the file has been imported and is no longer kept")
    return path


class _Trial:
    """Counts what a batch would do."""

    def __init__(self, reader: Rows, at: datetime) -> None:
        self.reader, self.at = reader, at
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.examples: list[dict[str, object]] = []
        self.seen: set[int] = set()
        self.authors: set[int] = set()

    @property
    def tried(self) -> int:
        return self.counts["rows"]

    def add(self, batch: list[files.Record]) -> None:
        self.counts["rows"] += len(batch)
        read, refused = self.reader.read(batch, at=self.at)
        for record, error in refused:
            self._refuse(record, error)
        named: list[tuple[str, rows.Row]] = []
        for record, row in self._with_parents(read):
            try:
                named.append((reference(row.voice, at=self.at), row))
            except admission.NotAdmitted as error:
                self._refuse(record, error)
        known = voices_by_ref({ref for ref, _ in named})
        for ref, row in named:
            if ref in known or mark(ref) in self.seen:
                self.counts["duplicates"] += 1
            else:
                self.seen.add(mark(ref))
                self._accept(row)

    def _with_parents(self, read: Sequence[tuple[files.Record, rows.Row]]) -> Iterator[tuple[files.Record, rows.Row]]:
        """The rows without those whose question is neither known nor before them in the file."""
        source = self.reader.plan.source
        wanted = {f"{source}:{row.parent_ref}" for _, row in read if row.parent_ref}
        known = set(voices_by_ref(wanted)) | {row.voice.origin_ref for _, row in read} if wanted else set()
        for record, row in read:
            parent = f"{source}:{row.parent_ref}"
            if not row.parent_ref:
                yield record, row
            elif parent in known or mark(parent) in self.seen:
                yield record, replace(row, voice=replace(row.voice, parent_id=0))
            else:
                self._refuse(record, rules.UnknownParent(field="parent", value=row.parent_ref[:60]))

    def _accept(self, row: rows.Row) -> None:
        self.counts["accepted"] += 1
        self.counts["replies"] += row.reply is not None
        self.counts["photos"] += len(row.photos)
        self.counts["verified"] += row.voice.verified
        self.counts["incentives"] += bool(row.voice.incentive)
        if row.email:
            self.authors.add(mark(row.email))

    def _refuse(self, record: files.Record, error: admission.NotAdmitted) -> None:
        self.counts["rejected"] += 1
        self.reasons[error.code] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(
                {
                    "line": record.line,
                    "code": error.code,
                    "message": str(error),
                    "params": {name: files.plain(value) for name, value in error.params.items()},
                    "row": {name: files.storable(value[:_KEPT]) for name, value in record.cells.items()},
                }
            )

    def result(self, *, whole: bool) -> ImportCheck:
        return ImportCheck(
            rows=self.tried,
            accepted=self.counts["accepted"],
            duplicates=self.counts["duplicates"],
            rejected=self.counts["rejected"],
            replies=self.counts["replies"],
            photos=self.counts["photos"],
            people=len(self.authors),
            verified=self.counts["verified"],
            incentives=self.counts["incentives"],
            reasons=dict(self.reasons.most_common()),
            unmatched=tuple(
                (files.storable(ref), count) for ref, count in self.reader.unmatched.most_common(_UNMATCHED)
            ),
            examples=tuple(self.examples),
            whole=whole,
        )
