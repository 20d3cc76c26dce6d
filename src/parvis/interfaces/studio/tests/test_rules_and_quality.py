"""Desks beside the queue, the rules with their trial, the page on quality, and the record for a regulator."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from parvis.core.clock import now
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import NewReport, NewVoice, Outcome, Reason, ReportState, VoiceState
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
HTMX = {"HX-Request": "true", "HX-Target": "bench"}


def _rules(owner, **changes):
    """What the editor's form holds, with some of it changed; None takes a field out."""
    start = owner.get("/studio/moderation/rules/").context["form"].initial
    data = {name: "on" if value is True else value for name, value in start.items() if value is not False}
    return {name: value for name, value in (data | changes).items() if value is not None}


# -- the rules ------------------------------------------------------------------------------------------------


def test_rules_are_tried_before_they_are_saved(owner, shop):
    page = owner.post("/studio/moderation/rules/", _rules(owner, do="try")).content.decode()
    assert "there is nothing to try the rules on" in page  # the cast spoke long ago
    said = NewVoice(product_id=shop.product, text="A light dress with pockets, I like it.", stars=5)
    actions.examine([actions.receive(said, at=now()).id], at=now())
    data = _rules(owner, hold_links=None, machine_publishes=None)
    page = owner.post("/studio/moderation/rules/", data | {"do": "try"}).content.decode()
    assert "would be decided otherwise" in page
    assert "Nothing has been changed yet" in page
    assert queries.policy_version().version == 1
    assert owner.post("/studio/moderation/rules/", data | {"do": "save", "note": "We read all"}).status_code == 302
    saved = queries.policy()
    assert (saved.machine_publishes, saved.hold_links, saved.hold_photos) == (False, False, True)
    page = owner.get("/studio/moderation/rules/").content.decode()
    assert "Version 2" in page
    assert "We read all" in page
    assert "Links wait for a person" in page


def test_rules_that_contradict_themselves_are_not_saved(owner, shop):
    bad = _rules(owner, hold_spam="0.99", refuse_spam="0.5", do="save")
    answer = owner.post("/studio/moderation/rules/", bad)
    assert answer.status_code == 422
    assert "hold_spam" in answer.content.decode()
    for change in ({"tolerated_error": "50"}, {"by_language": "fr much"}, {"ground_toxic_fr": ""}):
        assert owner.post("/studio/moderation/rules/", _rules(owner, do="save", **change)).status_code == 422
    assert queries.policy_version().version == 1


def test_who_saves_on_an_old_sight_is_told(owner, shop):
    data = _rules(owner, hold_links=None, do="save")
    actions.save_policy(policy=queries.Policy(hold_photos=False), seen=1, actor_id=shop.owner, at=AT)
    answer = owner.post("/studio/moderation/rules/", data)
    assert answer.status_code == 409
    assert "Version 2" in answer.content.decode()


def test_limits_of_a_language_come_from_the_page_on_quality(owner, shop):
    page = owner.get("/studio/moderation/rules/?limits=fr:0.21:0.9&limits=en:x:y").content.decode()
    assert "fr 0.21 0.9" in page
    assert queries.policy().by_language == {}


# -- desks ----------------------------------------------------------------------------------------------------


def test_a_report_lies_on_its_desk_until_somebody_decides(owner, shop):
    actions.report(NewReport(voice_id=shop.voice, ground=Reason.NOT_GENUINE, why="I doubt that."), at=now())
    page = owner.get("/studio/moderation/?desk=reports").content.decode()
    assert "A visitor reports: not a genuine experience." in page
    assert "I doubt that." in page
    assert f"publish:{shop.voice}" in page
    answer = owner.post(
        "/studio/moderation/decide/",
        {"one": f"publish:{shop.voice}", "back": "/studio/moderation/?desk=reports"},
        headers=HTMX,
    )
    assert "I doubt that." not in answer.content.decode()
    (report,) = queries.reports_about([shop.voice])[shop.voice]
    assert report.state is ReportState.KEPT


def test_the_team_reports_a_doubt_of_its_own(shop):
    viewer = signed_in("victor", locale="en")
    answer = viewer.post(
        f"/studio/voices/{shop.voice}/report/", {"ground": "interest", "why": "It is a competitor, I think."}
    )
    assert answer.status_code == 302
    page = signed_in("camille", locale="en").get(f"/studio/voices/{shop.voice}/").content.decode()
    assert "The team reports: hidden interest" in page
    assert (
        viewer.post(f"/studio/voices/{shop.voice}/report/", {"ground": "", "why": "x"}, follow=True).status_code == 200
    )
    assert len(queries.reports_about([shop.voice])[shop.voice]) == 1


def test_an_appeal_is_answered_on_the_bench(owner, shop):
    camille = people.staff("camille", at=AT).account_id
    actions.decide(voice_ids=[shop.held], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=now())
    appeal = actions.appeal(voice_id=shop.held, text="It is about the dress, truly.", at=now())
    back = {"back": "/studio/moderation/?desk=appeals"}
    page = owner.get(back["back"]).content.decode()
    assert "It is about the dress, truly." in page
    verb = {"one": f"reverse:{appeal.id}", **back}
    assert "Write the answer" in owner.post("/studio/moderation/decide/", verb, headers=HTMX).content.decode()
    theirs = signed_in("camille", locale="en").post(
        "/studio/moderation/decide/", verb | {f"answer-{appeal.id}": "No."}, headers=HTMX
    )
    assert "Somebody else" in theirs.content.decode()
    owner.post("/studio/moderation/decide/", verb | {f"answer-{appeal.id}": "You are right."}, headers=HTMX)
    assert queries.voice(shop.held).state is VoiceState.PUBLISHED
    assert "You are right." in owner.get(f"/studio/voices/{shop.held}/").content.decode()


def test_two_people_where_the_rules_ask_for_them(owner, shop):
    actions.policy_in_force(at=AT)
    policy = queries.Policy(two_people=queries.TwoPeople.REFUSALS)
    actions.save_policy(policy=policy, seen=1, actor_id=shop.owner, at=AT)
    refuse = {"one": f"refuse:{shop.held}:spam"}
    page = owner.post("/studio/moderation/decide/", refuse, headers=HTMX).content.decode()
    assert "1 voice now waits for a second person." in page
    assert queries.voice(shop.held).state is VoiceState.HELD
    camille = signed_in("camille", locale="en")
    assert (
        "Olivia Marchand wants: refused (advertising)"
        in camille.get("/studio/moderation/?desk=second").content.decode()
    )
    camille.post("/studio/moderation/decide/", refuse, headers=HTMX)
    assert queries.voice(shop.held).state is VoiceState.REFUSED


# -- quality and the record -----------------------------------------------------------------------------------


def test_quality_says_what_is_known_and_what_is_not(owner, shop):
    said = NewVoice(product_id=shop.product, text="A light dress with pockets, I like it.", stars=5)
    actions.examine([actions.receive(said, at=now()).id], at=now())
    page = owner.get("/studio/moderation/quality/").content.decode()
    assert "nobody has checked yet" in page
    assert "more checks needed" in page
    french = signed_in("olivia", locale="fr").get("/studio/moderation/quality/").content.decode()
    assert "What the machine" not in french
    assert "Ce que la machine décide seule" in french


def test_the_record_is_whole_repeatable_and_safe(owner, shop):
    camille = people.staff("camille", at=AT).account_id
    actions.decide(
        voice_ids=[shop.held],
        outcome=Outcome.REFUSE,
        reason=Reason.OTHER,
        note="=HYPERLINK(1)",
        actor_id=camille,
        at=now(),
    )
    day = now().date()
    address = f"/studio/moderation/record.zip?since=2020-01-01&until={day}"
    first, second = (b"".join(owner.get(address).streaming_content) for _ in range(2))
    assert first == second
    archive = zipfile.ZipFile(io.BytesIO(first))
    manifest = json.loads(archive.read("manifest.json"))
    for name, told in manifest["files"].items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == told["sha256"]
    lines = [json.loads(line) for line in archive.read("decisions.jsonl").splitlines()]
    rows = list(csv.DictReader(io.StringIO(archive.read("decisions.csv").decode())))
    assert len(lines) == len(rows) == manifest["files"]["decisions.csv"]["rows"]
    machine = [line for line in lines if line["by"] == "machine"]
    assert {line["reproduced"] for line in machine} == {"yes"}
    assert {line["policy_version"] for line in machine} == {1}
    mine = next(line for line in lines if line["person"] == camille)
    assert mine["note"] == "=HYPERLINK(1)"
    assert next(row for row in rows if row["person"] == str(camille))["note"] == "'=HYPERLINK(1)"
    said = archive.read("voices.jsonl").decode()
    assert "emma.fletcher@mail.example" not in said
    assert "Camille Roussel" in archive.read("team.csv").decode()
    assert owner.get("/studio/moderation/record.zip?since=2026-02-30&until=x").status_code == 302


def test_the_record_keeps_to_its_period(owner, shop):
    day = (AT - timedelta(days=800)).date()
    address = f"/studio/moderation/record.zip?since={day}&until={day}"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(owner.get(address).streaming_content)))
    assert archive.read("decisions.jsonl") == b""
