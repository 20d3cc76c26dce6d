"""Work for the background: big imports, and voices whose event was set aside."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.clock import now
from parvis.core.errors import Conflict, NotFound
from parvis.core.language_model import language_model
from parvis.core.tasks import SLOW, app
from parvis.domains.voices import actions, queries

LEFT_AFTER = timedelta(minutes=15)
REREAD_LEFT_AFTER = timedelta(minutes=3)
REPORTERS_KEPT_FOR = timedelta(days=365)


@app.task(name="voices.import")
def run_import(run_id: int) -> None:
    """Carry out a stored import; after a kill it goes on where it stood."""
    done = actions.continue_import(run_id=run_id, at=now())
    if done.photos:
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task("voices.fetch_photos", queueing_lock="voices.fetch_photos").defer(timestamp=0)


@app.task(name="voices.import_check")
def check_import(run_id: int) -> None:
    """Try out a stored import without taking anything."""
    with suppress(Conflict, NotFound):  # started or thrown away meanwhile
        actions.check_import(run_id=run_id, at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="voices.fetch_photos", queueing_lock="voices.fetch_photos")
def fetch_photos(timestamp: int) -> None:
    """Fetch the photos of imported voices, and have the voices read."""
    while actions.fetch_photos(at=now()):
        pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="voices.examine_left", queueing_lock="voices.examine_left")
def examine_left(timestamp: int) -> None:
    """Examine what was received a while ago and is still unread: an event that failed too often was set aside."""
    at = now()
    while actions.examine_pending(at=at, received_before=at - LEFT_AFTER).any:
        pass


@app.task(name="voices.reread")
def reread(rereading_id: int) -> None:
    """Make readings anew; after a kill it goes on where it stood."""
    with suppress(NotFound):
        while actions.continue_rereading(rereading_id=rereading_id, at=now(), batches=20).finished_at is None:
            pass


@app.task(name="voices.learn_stars", lock=SLOW)
def learn_stars(star_model_id: int) -> None:
    """Learn from the brand's own reviews how its customers give stars."""
    with suppress(NotFound):
        actions.learn_stars(star_model_id=star_model_id, at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="voices.reread_left", queueing_lock="voices.reread_left")
def reread_left(timestamp: int) -> None:
    """Go on with a pass over the readings whose worker died."""
    for rereading_id in queries.rereadings_left(advanced_before=now() - REREAD_LEFT_AFTER):
        reread(rereading_id)


@app.task(name="voices.redecide")
def redecide(redeciding_id: int) -> None:
    """Decide again about the voices that wait, after a change of policy; after a kill it goes on where it stood."""
    with suppress(NotFound):
        while actions.continue_redeciding(redeciding_id=redeciding_id, at=now(), batches=20).finished_at is None:
            pass


@app.periodic(cron="*/5 * * * *")
@app.task(name="voices.redecide_left", queueing_lock="voices.redecide_left")
def redecide_left(timestamp: int) -> None:
    """Go on with a pass over the voices that wait whose worker died."""
    for redeciding_id in queries.redecidings_left(advanced_before=now() - REREAD_LEFT_AFTER):
        redecide(redeciding_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="voices.invite", queueing_lock="voices.invite")
def invite(timestamp: int) -> None:
    """Ask for the mails of invitations and reminders whose moment has come."""
    while actions.invite_due(at=now()):
        pass
    while actions.remind_due(at=now()):
        pass


@app.periodic(cron="25 8-19 * * *")
@app.task(name="voices.ask_owners", queueing_lock="voices.ask_owners")
def ask_owners(timestamp: int) -> None:
    """Put questions that nobody has answered to owners of the product, by day."""
    actions.ask_owners(at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="voices.tell", queueing_lock="voices.tell")
def tell(timestamp: int) -> None:
    """Tell authors, reporters and appellants what was decided, once it can no longer be taken back with one key."""
    at = now()
    for say in (actions.tell_authors, actions.tell_reporters, actions.tell_appeals):
        while say(at=at):
            pass


@app.periodic(cron="41 3 * * *")
@app.task(name="voices.forget_reporters", queueing_lock="voices.forget_reporters")
def forget_reporters(timestamp: int) -> None:
    """Names and addresses of who reported are kept for a year after the answer."""
    actions.forget_reporters(before=now() - REPORTERS_KEPT_FOR)


@app.task(name="voices.second_opinions")
def second_opinions(voice_ids: list[int]) -> None:
    """Ask the language model about held voices, when there is one."""
    model = language_model()
    if model is None or queries.opinion_mode() is queries.OpinionMode.OFF:
        return
    seconds = settings.LANGUAGE_MODEL.seconds if settings.LANGUAGE_MODEL else 20.0
    actions.ask_opinions(voice_ids, model=model, timeout=seconds, at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="voices.second_opinions_left", queueing_lock="voices.second_opinions_left", lock=SLOW)
def second_opinions_left(timestamp: int) -> None:
    """Ask about held voices that have no opinion yet: the model was away, the budget spent, a worker killed."""
    if language_model() is not None and queries.opinion_mode() is not queries.OpinionMode.OFF:
        second_opinions(actions.opinions_left(at=now()))


@app.periodic(cron="17 4 * * *")
@app.task(name="voices.forget_sketches", queueing_lock="voices.forget_sketches")
def forget_sketches(timestamp: int) -> None:
    """Numbers by which copies are found are kept for some days only."""
    actions.forget_sketches(before=now() - actions.SKETCHES_KEPT_FOR)


@app.task(name="voices.prepare_video")
def prepare_video(voice_id: int) -> None:
    """Make the video of a review fit to be shown."""
    actions.prepare_video(voice_id=voice_id, at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="voices.videos_left", queueing_lock="voices.videos_left")
def videos_left(timestamp: int) -> None:
    """Ask again for videos whose worker died, and sweep files that belong to nothing."""
    at = now()
    for voice_id in actions.waiting_video(at, after=LEFT_AFTER * 2):
        actions.ask_to_prepare(voice_id)
    actions.sweep_videos(at=at)
