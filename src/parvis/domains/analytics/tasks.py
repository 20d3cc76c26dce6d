"""What the worker does for the event log."""

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.analytics import actions


@app.periodic(cron="* * * * *")
@app.task(name="analytics.compact", queueing_lock="analytics.compact")
def compact(timestamp: int) -> None:
    """Move events from PostgreSQL to Parquet."""
    actions.compact(at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="analytics.tidy", queueing_lock="analytics.tidy")
def tidy(timestamp: int) -> None:
    """Merge small files, sweep orphans, forget yesterday's secret as soon as it may be."""
    at = now()
    actions.tidy(at=at)
    actions.forget_salts(at=at)


@app.periodic(cron="3-59/10 * * * *")
@app.task(name="analytics.finish_days", queueing_lock="analytics.finish_days")
def finish_days(timestamp: int) -> None:
    """Sum up the days that are over. Mostly nothing to do: it is asked often since the brand's midnight may be at any
    time of UTC's day, and since late events open a day again."""
    actions.finish_days(at=now())


@app.periodic(cron="41 4 * * *")
@app.task(name="analytics.forget", queueing_lock="analytics.forget")
def forget(timestamp: int) -> None:
    """Ids of old beacons, raw events past their months, old counts of crawls, visitors who took consent back."""
    at = now()
    actions.forget_ids(at=at)
    actions.forget_old_events(at=at)
    actions.forget_crawls(at=at)
    actions.clean_files(at=at)
