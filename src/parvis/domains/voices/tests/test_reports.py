"""Reports, appeals, and what is told to whom: taken, answered by a person, mailed once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.testing import postbox
from parvis.domains.people import actions as people_actions
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import (
    AppealState,
    Desk,
    NewReport,
    NewVoice,
    Outcome,
    QueueFilters,
    Reason,
    ReporterRole,
    ReportState,
    VoiceState,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LATER = timedelta(minutes=20)


@pytest.fixture
def claire(db, at):
    return people.customer("claire", at=at)


@pytest.fixture
def voice(dress, at, claire, fake_reader):
    new = NewVoice(product_id=dress, text="The seam came apart at once.", stars=1, customer_id=claire.id, language="fr")
    made = actions.receive(new, at=at)
    actions.examine([made.id], at=at, reader=fake_reader())
    return made.id


def visitor(voice, **more):
    return NewReport(voice_id=voice, ground=Reason.NOT_GENUINE, why="This was never bought by anybody.", **more)


def notice(voice):
    return NewReport(
        voice_id=voice,
        ground=Reason.UNLAWFUL,
        why="It accuses a named person of theft.",
        notice=True,
        url="https://shop.example/en/products/linen-dress/#voice-1",
        name="Ada Martin",
        email="ada@mail.example",
        locale="fr",
        good_faith=True,
    )


def refuse(voice, actor, at, **more):
    return actions.decide(
        voice_ids=[voice], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=actor, at=at, overturn=True, **more
    )


# -- reports --------------------------------------------------------------------------------------------------


def test_a_report_waits_for_a_person_and_changes_nothing_by_itself(voice, at):
    made = actions.report(visitor(voice), at=at)
    assert actions.report(visitor(voice), at=at).id == made.id
    assert queries.voice(voice).state is VoiceState.PUBLISHED
    (item,) = queries.queue(QueueFilters(desk=Desk.REPORTS)).items
    assert (item.voice.id, [report.why for report in item.reports]) == (voice, [made.why])
    assert queries.desks().reports == 1


def test_a_decision_answers_all_reports_and_an_undo_opens_them_again(voice, at, camille):
    first = actions.report(visitor(voice), at=at)
    second = actions.report(visitor(voice, key="another"), at=at)
    done = refuse(voice, camille, at)
    states = set(models.Report.objects.values_list("id", "state"))
    assert states == {(first.id, "removed"), (second.id, "removed")}
    actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)
    assert set(models.Report.objects.values_list("state", flat=True)) == {"open"}
    actions.decide(voice_ids=[voice], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=camille, at=at)
    assert set(models.Report.objects.values_list("state", flat=True)) == {"kept"}
    # a further report about what the same person has already approved is answered as well
    actions.report(visitor(voice, key="third"), at=at)
    actions.decide(voice_ids=[voice], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=camille, at=at)
    assert not models.Report.objects.filter(state=ReportState.OPEN).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": ""}, "email"),
        ({"email": "ada at mail"}, "email"),
        ({"url": ""}, "url"),
        ({"good_faith": False}, "good_faith"),
        ({"why": "short"}, "why"),
        ({"why": "x" * 4001}, "why"),
        ({"ground": Reason.SOUND}, "ground"),
        ({"notice": False, "role": ReporterRole.SELLER, "name": ""}, "email"),
        ({"notice": False, "role": ReporterRole.TEAM}, "staff"),
    ],
)
def test_a_notice_says_all_that_the_law_asks_for(voice, at, change, field):
    with pytest.raises(rules.BadReport) as told:
        actions.report(replace(notice(voice), **change), at=at)
    assert told.value.params["field"] == field
    assert not models.Report.objects.exists()


def test_what_is_not_public_can_be_reported_by_the_team_only(voice, at, camille):
    refuse(voice, camille, at)
    for new in (visitor(voice), visitor(999_999)):
        with pytest.raises(NotFound):
            actions.report(new, at=at)
    assert actions.report(visitor(voice, role=ReporterRole.TEAM, staff_id=camille), at=at).staff_id == camille


def test_who_reports_gets_a_receipt_and_the_decision_once(voice, at, camille):
    with postbox() as box:
        made = actions.report(notice(voice), at=at)
        outbox.deliver(at=at.replace(year=2100))
        refuse(voice, camille, at)
        assert actions.tell_reporters(at=at + timedelta(minutes=5)) == 0  # it may still be taken back
        assert actions.tell_reporters(at=at + LATER) == 1
        assert actions.tell_reporters(at=at + LATER) == 0
        mail.send_due(at=at.replace(year=2100))
        answer, receipt = box.to("ada@mail.example")
    assert f"numéro {made.id}" in receipt.text
    assert "n’est plus" in answer.text
    assert f"/fr/report/receipt/{queries.report_token(made.id)}/" in answer.text
    assert queries.report_by_token(queries.report_token(made.id)).id == made.id
    with pytest.raises(NotFound):
        queries.report_by_token(f"{made.id}.forged")


def test_who_reported_is_forgotten_after_a_while(voice, at, camille):
    actions.report(notice(voice), at=at)
    assert actions.forget_reporters(before=at + timedelta(days=400)) == 0  # not answered yet
    refuse(voice, camille, at)
    assert actions.forget_reporters(before=at + timedelta(days=1)) == 1
    assert models.Report.objects.get().email == ""


# -- the author is told why -----------------------------------------------------------------------------------


def test_the_author_is_told_why_in_the_own_language_once_it_is_final(voice, at, camille, claire):
    with postbox() as box:
        refuse(voice, camille, at)
        assert actions.tell_authors(at=at + timedelta(minutes=5)) == 0
        assert actions.tell_authors(at=at + LATER) == 1
        assert actions.tell_authors(at=at + LATER) == 0
        mail.send_due(at=at + LATER)
        (told,) = box.to(claire.email)
    (kept,) = queries.statements(voice)
    assert kept.words == rules.GROUNDS[Reason.SPAM][claire.locale]
    assert (kept.automated, kept.sent) == (False, "mail")
    assert kept.words in told.text
    assert f"/my-review/{queries.author_token(voice)}/" in told.text


def test_what_was_taken_back_in_time_is_told_to_nobody(voice, at, camille):
    done = refuse(voice, camille, at)
    actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)
    refuse(voice, camille, at)
    actions.decide(
        voice_ids=[voice], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=camille, at=at, overturn=True
    )
    with postbox() as box:
        actions.tell_authors(at=at + LATER)
        assert box.mails == []
    assert queries.statements(voice) == ()


def test_another_reason_needs_its_words_and_the_author_reads_them(voice, at, camille):
    wish = {"voice_ids": [voice], "outcome": Outcome.REFUSE, "reason": Reason.OTHER, "actor_id": camille, "at": at}
    with pytest.raises(rules.GroundsMissing):
        actions.decide(**wish, overturn=True)
    actions.decide(**wish, overturn=True, note="The photo shows a neighbour’s child.")
    with postbox():
        actions.tell_authors(at=at + LATER)
    assert "neighbour" in queries.statements(voice)[0].words


def test_the_words_are_those_of_the_policy_it_was_decided_under(voice, at, camille, olivia, claire):
    words = {locale: f"Our own words ({locale})." for locale in ("en", "fr")}
    policy = rules.Policy(grounds={**rules.GROUNDS, Reason.SPAM: words})
    actions.save_policy(policy=policy, seen=1, actor_id=olivia, at=at)
    refuse(voice, camille, at)
    actions.save_policy(policy=rules.Policy(), seen=2, actor_id=olivia, at=at)
    with postbox():
        actions.tell_authors(at=at + LATER)
    assert queries.statements(voice)[0].words == words[claire.locale]


# -- appeals --------------------------------------------------------------------------------------------------

WHY = "I bought it here and wore it twice."


def test_an_appeal_is_answered_by_another_person_and_told(voice, at, camille, olivia, claire):
    refuse(voice, camille, at)
    made = actions.appeal(voice_id=voice, text=WHY, at=at)
    assert queries.queue(QueueFilters(desk=Desk.APPEALS)).items[0].appeal == made
    answer = {"appeal_id": made.id, "answer": "You are right, we had misread it.", "at": at}
    with pytest.raises(rules.SamePerson):
        actions.answer_appeal(**answer, reverse=True, actor_id=camille)
    answered = actions.answer_appeal(**answer, reverse=True, actor_id=olivia)
    assert (answered.state, answered.actor_id) == (AppealState.REVERSED, olivia)
    assert queries.voice(voice).state is VoiceState.PUBLISHED
    with pytest.raises(rules.AppealClosed):
        actions.answer_appeal(**answer, reverse=False, actor_id=olivia)
    with postbox() as box:
        assert (actions.tell_appeals(at=at + LATER), actions.tell_appeals(at=at + LATER)) == (1, 0)
        mail.send_due(at=at + LATER)
        assert "misread" in box.to(claire.email)[-1].text


def test_a_decision_may_stand(voice, at, camille, olivia):
    refuse(voice, camille, at)
    made = actions.appeal(voice_id=voice, text=WHY, at=at)
    with pytest.raises(rules.GroundsMissing):
        actions.answer_appeal(appeal_id=made.id, reverse=False, answer=" ", actor_id=olivia, at=at)
    stood = actions.answer_appeal(appeal_id=made.id, reverse=False, answer="It is advertising.", actor_id=olivia, at=at)
    assert stood.state is AppealState.UPHELD
    assert queries.voice(voice).state is VoiceState.REFUSED


def test_who_is_alone_in_the_team_answers(voice, at, camille):
    refuse(voice, camille, at)
    made = actions.appeal(voice_id=voice, text=WHY, at=at)
    stood = actions.answer_appeal(appeal_id=made.id, reverse=False, answer="It stands.", actor_id=camille, at=at)
    assert stood.state is AppealState.UPHELD


def test_one_appeal_a_decision_and_only_in_time(voice, at, camille):
    with pytest.raises(rules.CannotAppeal):
        actions.appeal(voice_id=voice, text=WHY, at=at)  # it is public
    refuse(voice, camille, at)
    with pytest.raises(rules.CannotAppeal):
        actions.appeal(voice_id=voice, text=WHY, at=at + timedelta(days=184))
    with pytest.raises(rules.BadReport):
        actions.appeal(voice_id=voice, text="no", at=at)
    actions.appeal(voice_id=voice, text=WHY, at=at)
    with pytest.raises(rules.CannotAppeal):
        actions.appeal(voice_id=voice, text=WHY + " Really.", at=at)


def test_an_appeal_ends_when_its_author_takes_the_voice_back(voice, at, camille, claire):
    refuse(voice, camille, at)
    actions.appeal(voice_id=voice, text=WHY, at=at)
    actions.withdraw(voice_id=voice, at=at)
    assert models.Appeal.objects.get().state == AppealState.LAPSED
    assert queries.desks().appeals == 0
    with pytest.raises(rules.CannotAppeal):
        actions.appeal(voice_id=voice, text=WHY, at=at)
    actions.erase_customer(customer_id=claire.id, at=at)
    assert models.Appeal.objects.get().text == ""


# -- the order of the queue -----------------------------------------------------------------------------------


def test_the_queue_goes_by_the_worth_of_a_look_page_by_page(dress, at, fake_reader):
    scores = {"A sentence number 0.": 0.41, "A sentence number 1.": 0.95, "A sentence number 2.": 0.5}
    rows = [NewVoice(product_id=dress, text=text, stars=4, origin_ref=text) for text in scores]
    ids = list(actions.receive_many(rows, at=at).accepted)
    by_text = {text: {"spam": score} for text, score in scores.items()}
    actions.examine(ids, at=at, reader=fake_reader(by_text))
    whole = [item.voice.id for item in queries.queue(QueueFilters(by_value=True)).items]
    assert whole == [ids[2], ids[0], ids[1]]  # the most open outcome first, whatever came first
    paged, cursor = [], None
    for _ in range(3):
        page = queries.queue(QueueFilters(by_value=True), cursor=cursor, limit=1)
        paged += [item.voice.id for item in page.items]
        cursor = page.next
    assert (paged, cursor) == (whole, None)
    # who asked for a second look is seen to before the promised time is half over
    models.Voice.objects.filter(id=ids[1]).update(look_by=at - timedelta(hours=1))
    assert queries.queue(QueueFilters(by_value=True)).items[0].voice.id == ids[1]


def test_who_is_forgotten_leaves_reports_without_name_or_words(voice, at, camille):
    ada = people_actions.ensure_customer(email="ada.m@mail.example", name="Ada", at=at)
    by_mail = actions.report(replace(notice(voice), email=ada.email.upper(), name="Ada M."), at=at)
    signed_in = actions.report(visitor(voice, customer_id=ada.id), at=at)
    other = actions.report(replace(notice(voice), why="Somebody else says so, in other words."), at=at)
    people_actions.erase_customer(customer_id=ada.id, at=at)
    outbox.deliver(at=at.replace(year=2100))
    left = {row.pk: row for row in models.Report.objects.all()}
    for key in (by_mail.id, signed_in.id):
        assert (left[key].name, left[key].email, left[key].why, left[key].customer_id) == ("", "", "", None)
        assert left[key].ground in {Reason.UNLAWFUL, Reason.NOT_GENUINE}
        assert left[key].key == f"erased:{key}"
    assert (left[other.id].name, left[other.id].email) == ("Ada Martin", "ada@mail.example")
    refuse(voice, camille, at)
    assert actions.tell_reporters(at=at + LATER) == 3  # nothing is sent to nobody
