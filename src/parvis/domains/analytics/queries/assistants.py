"""People whom assistants sent, and programs of engines that read: from the event log, and from the counts of crawls."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max, Sum

from parvis.domains.analytics.contracts import SIMULATED, Crawled, Figure, Kind, Referred
from parvis.domains.analytics.models import Crawl
from parvis.domains.analytics.queries import figures, log, schema
from parvis.science.visibility.crawlers import ASSISTANT_HOSTS, BY_NAME, assistant_of

EVERYBODY, OTHERS = "", "others"


def referred(*, since: date, until: date) -> tuple[Referred, ...]:
    """Visits of the days [since, until) that an assistant sent, by assistant, the most first; then everybody else
    (``OTHERS``) for comparison. A visit belongs to the first assistant that its pages name as where they come from.

    Read from events, whatever their number; kept until another file joins the log. Machines are left out.
    """
    listed = log.manifest(since=since, until=until)
    files = (*listed.files["events"], *listed.dirty_events)
    rows = log.once(("assistants", since, until, *sorted(map(str, files))), lambda: _rows(files))
    held: dict[str, list[int]] = {}
    for host, *counts in rows:
        mine = held.setdefault(assistant_of(host) or OTHERS, [0] * 5)
        for place, value in enumerate(counts):
            mine[place] += value
    found = [_referred(name, counts) for name, counts in held.items() if name != OTHERS]
    found.sort(key=lambda each: (-each.visits, each.assistant))
    return (*found, _referred(OTHERS, held.get(OTHERS, [0] * 5)))


def _referred(name: str, counts: list[int]) -> Referred:
    visits, ordered, revenue, products, simulated = counts
    return Referred(
        assistant=name,
        visits=visits,
        product_visits=products,
        ordered=ordered,
        revenue_minor=revenue,
        simulated=simulated,
        conversion=_share("cvr", ordered, visits),
    )


def _share(metric: str, part: int, whole: int) -> Figure:
    return figures.figure(metric, figures.proportion(part, whole))


def _rows(files: Any) -> list[tuple[str, int, int, int, int, int]]:
    with log.session() as connection:
        log.view(connection, "events", "events", files)
        return list(connection.execute(log.sql(expression)).fetchall())


def expression() -> Any:
    """(host, visits, those that ordered, revenue, those that looked at a product, those that are simulated): host of an
    assistant or ""."""
    import ibis

    events = schema.unbound("events")
    people = events.filter(~events.bot & (events.visit != ""))
    host = people.referrer.lower()
    asked = ibis.or_(*(host.endswith(f".{name}") | (host == name) for name in ASSISTANT_HOSTS))
    marked = people.mutate(
        host=ibis.ifelse(asked, host, ibis.null("string")),
        paid=people.kind == Kind.ORDER.value,
        looked=people.kind == Kind.PRODUCT_VIEW.value,
        made=people.provenance == SIMULATED,
    )
    visits = marked.group_by(["day", "visit"]).agg(
        host=marked.host.argmin(marked["at"], where=marked.host.notnull()),
        ordered=marked.paid.any(),
        revenue=marked.value_minor.sum(where=marked.paid),
        looked=marked.looked.any(),
        made=marked.made.any(),
    )
    return (
        visits.group_by(host=visits.host.fill_null(""))
        .agg(
            visits=visits.count(),
            ordered=visits.ordered.sum(),
            revenue=visits.revenue.sum().fill_null(0),
            looked=visits.looked.sum(),
            made=visits.made.sum(),
        )
        .mutate(ordered=lambda t: t.ordered.cast("int64"), revenue=lambda t: t.revenue.cast("int64"))
        .mutate(looked=lambda t: t.looked.cast("int64"), made=lambda t: t.made.cast("int64"))
        .select("host", "visits", "ordered", "revenue", "looked", "made")
    )


def crawled(*, since: date, until: date) -> tuple[Crawled, ...]:
    """Pages that each known program read on the days [since, until), the most first. One statement."""
    rows = (
        Crawl.objects.filter(day__gte=since, day__lt=until)
        .values("bot")
        .annotate(hits=Sum("hits"), failed=Sum("failed"), last=Max("last_at"))
        .order_by("-hits", "bot")
    )
    return tuple(
        Crawled(bot=row["bot"], maker=_maker(row["bot"]), hits=row["hits"], failed=row["failed"], last_at=row["last"])
        for row in rows
    )


def _maker(bot: str) -> str:
    return BY_NAME[bot].maker if bot in BY_NAME else ""


def crawled_pages(*, since: date, until: date, limit: int = 20) -> tuple[tuple[str, Mapping[str, int]], ...]:
    """The pages most read by programs, each with its counts by program. One statement."""
    rows = Crawl.objects.filter(day__gte=since, day__lt=until).values("path", "bot").annotate(hits=Sum("hits"))
    pages: dict[str, dict[str, int]] = {}
    for row in rows:
        pages.setdefault(row["path"], {})[row["bot"]] = row["hits"]
    return tuple(sorted(pages.items(), key=lambda page: (-sum(page[1].values()), page[0]))[:limit])
