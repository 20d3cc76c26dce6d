"""Background work of evidence: mend a missing or damaged index, fill in vectors, learn from clicks."""

import os
import threading
import time

import structlog
from django.conf import settings

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Placement
from parvis.domains.evidence.ports import IndexUnavailable

log = structlog.get_logger("parvis.evidence")
SLICE = 16  # passages: one to two seconds
TURN_SECONDS = 50.0


@app.periodic(cron="* * * * *")
@app.task(name="evidence.mend", queueing_lock="evidence.mend", lock="evidence.mend")
def mend(timestamp: int) -> None:
    """Rebuild the index when it is missing, damaged or empty although there are public voices; follow the shop's terms,
    whose settings tell nobody when they change."""
    health = queries.health()
    if not health.ok:
        try:
            log.warning("search index rebuilt", told=health.told, voices=actions.rebuild(at=now()))
        except IndexUnavailable as error:
            log.warning("there is no search index", told=str(error))
        return
    if actions.follow_policies():
        log.info("the shop's terms have changed in the search index")
    actions.arrange()


@app.periodic(cron="53 4 * * *")
@app.task(name="evidence.learn", queueing_lock="evidence.learn", lock="evidence.learn")
def learn(timestamp: int) -> None:
    """Each night: learn from what visits did with reviews, and let their order follow."""
    actions.learn(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="evidence.renew", queueing_lock="evidence.renew", lock="evidence.renew", priority=-10)
def renew(timestamp: int) -> None:
    """Each minute: what an older version of Parvis derived is derived anew, some at a time. One statement where there
    is nothing of the kind."""
    until, count = time.monotonic() + TURN_SECONDS, 0
    while time.monotonic() < until and (slice_ := actions.renew(at=now())):
        count += slice_
    if count:
        log.info("derived anew after an upgrade", voices_and_products=count)


@app.periodic(cron="7 0 * * *")
@app.task(name="evidence.turn_rights", queueing_lock="evidence.turn_rights", lock="evidence.turn_rights")
def turn_rights(timestamp: int) -> None:
    """Each night: what may be shown from today on our own pages, and what no longer may."""
    actions.turn_rights(at=now())


@app.periodic(cron="23 5 * * *")
@app.task(name="evidence.plan_orders", queueing_lock="evidence.plan_orders", lock="evidence.plan_orders")
def plan_orders(timestamp: int) -> None:
    """Each night, after learning: draw the orders of quotes anew, for each placement by itself."""
    for placement in Placement:
        actions.plan_orders(at=now(), placement=placement)


@app.periodic(cron="17 3 1 * *")
@app.task(name="evidence.propose_faq", queueing_lock="evidence.propose_faq", lock="evidence.propose_faq")
def propose_faq(timestamp: int) -> None:
    """Each month: what do people ask, and what would answer it?"""
    actions.propose_faq(at=now())


@app.task(name="evidence.gather_faq", queueing_lock="evidence.gather_faq", lock="evidence.propose_faq")
def gather_faq(gathering_id: int) -> None:
    """The same when somebody of the team asks for it."""
    actions.propose_faq(at=now(), gathering_id=gathering_id)


@app.periodic(cron="* * * * *")
@app.task(
    name="evidence.fill_vectors", queueing_lock="evidence.fill_vectors", lock="evidence.fill_vectors", priority=-10
)
def fill_vectors(timestamp: int) -> None:
    """Each minute: make missing vectors, slice by slice, at the machine's lowest priority. Nobody waits for them; a
    killed worker loses one slice. PARVIS_DENSE=no switches this off."""
    if not settings.DENSE:
        return
    turn = threading.Thread(target=_fill, args=(time.monotonic() + TURN_SECONDS,), name="evidence-vectors")
    turn.start()
    turn.join()


def _fill(until: float) -> None:
    if hasattr(os, "setpriority"):
        # On Linux this lowers the calling thread alone, which is why it has one of its own.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    while time.monotonic() < until and actions.fill_vectors(SLICE):
        pass
