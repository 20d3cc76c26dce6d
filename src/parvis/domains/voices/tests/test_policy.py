"""The policy as data: versions, what the machine then does, decisions that can be reached again."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import AuthorRole, NewVoice, Origin, Outcome, Reading, Reason, VoiceState

UNIT = st.floats(0, 1)


def _said(dress, at, *texts):
    rows = [
        NewVoice(product_id=dress, text=text, stars=4, origin=Origin.DEMO, origin_ref=f"policy:{i}")
        for i, text in enumerate(texts)
    ]
    return list(actions.receive_many(rows, at=at).accepted)


# -- plain data -----------------------------------------------------------------------------------------------


@given(low=UNIT, high=UNIT, links=st.booleans(), error=st.floats(0.001, 0.2), two=st.sampled_from(rules.TwoPeople))
def test_a_policy_comes_back_from_its_data(low, high, links, error, two):
    low, high = sorted((low, high))
    policy = rules.Policy(
        hold_spam=low,
        refuse_spam=high,
        hold_links=links,
        tolerated_error=error,
        two_people=two,
        watched_words=("été",),
        by_language={"fr": (low, high)},
    )
    assert rules.from_data(rules.to_data(policy)) == policy
    assert rules.from_data(rules.to_data(policy) | {"unknown": 1}) == policy


@pytest.mark.parametrize(
    "data",
    [
        {"hold_spam": 0.9, "refuse_spam": 0.1},
        {"tolerated_error": 0},
        {"promise_hours": 5000},
        {"appeal_days": 30},
        {"languages": []},
        {"two_people": "three"},
        {"grounds": {}},
        {"grounds": {"toxic": {"fr": "x", "en": ""}, "spam": {"fr": "x", "en": "x"}, "other": {"fr": "x", "en": "x"}}},
        {"grounds": {"sound": {"fr": "x", "en": "x"}}},
        {"hold_toxicity": "much"},
        {"by_language": {"fr": [0.9, 0.1]}},
        {"by_language": {"fr": 3}},
    ],
)
def test_a_policy_that_cannot_be_is_refused(data):
    with pytest.raises(rules.BadPolicy):
        rules.from_data(data)


def test_grounds_are_complete_in_both_languages():
    for words in rules.GROUNDS.values():
        assert set(words) == {"en", "fr"}
        assert words["en"] != words["fr"]


# -- the verdict ----------------------------------------------------------------------------------------------


def _reading(**scores):
    base = {"sentiment": 0.0, "stars": 3.0, "toxicity": 0.0, "spam": 0.0}
    return Reading(voice_id=1, model="m", language="en", **base | scores)


@given(toxicity=UNIT, spam=UNIT, hold=UNIT, refuse=UNIT, words=st.text(max_size=120))
def test_what_is_kept_of_a_decision_is_enough_to_reach_it_again(toxicity, spam, hold, refuse, words):
    hold, refuse = sorted((hold, refuse))
    policy = rules.Policy(hold_toxicity=hold, refuse_toxicity=refuse, watched_words=("lot",))
    said = f"I like it a lot {words}"
    verdict = rules.verdict(_reading(toxicity=toxicity, spam=spam), rules.Subject(text=said), policy=policy)
    again = rules.conclude(verdict.grounds, toxicity, spam, policy)
    assert (again.outcome, again.reason) == (verdict.outcome, verdict.reason)


def test_watched_words_wait_for_a_person_whatever_their_dress():
    policy = rules.Policy(watched_words=("cœur brisé", "LAWSUIT"))
    for said in ("J'ai le CŒUR  brisé.", "I will file a lawsuit, really", "Law-suit lawsuit!"):
        verdict = rules.verdict(_reading(), rules.Subject(text=said), policy=policy)
        assert (verdict.outcome, verdict.reason) == (Outcome.HOLD, Reason.WATCHED_WORDS)
    assert rules.verdict(_reading(), rules.Subject(text="lawsuits galore"), policy=policy).outcome is Outcome.PUBLISH


def test_a_language_may_have_limits_of_its_own():
    policy = rules.Policy(by_language={"fr": (0.1, 0.8)})
    said = rules.Subject(text="Une phrase entière, simple et honnête.")
    english, french = (
        Reading(voice_id=1, model="m", language=language, sentiment=0, stars=3, toxicity=0.2, spam=0.0)
        for language in ("en", "fr")
    )
    assert rules.verdict(english, said, policy=policy).outcome is Outcome.PUBLISH
    assert rules.verdict(french, said, policy=policy).outcome is Outcome.HOLD


def test_what_the_machine_may_not_decide_waits():
    plain, bad = rules.Subject(text="A plain and honest sentence."), _reading(toxicity=0.99)
    held = rules.verdict(_reading(), plain, policy=rules.Policy(machine_publishes=False))
    assert (held.outcome, held.reason) == (Outcome.HOLD, Reason.SECOND_LOOK)
    assert rules.verdict(bad, plain).outcome is Outcome.REFUSE
    assert rules.verdict(bad, plain, policy=rules.Policy(machine_refuses=False)).outcome is Outcome.HOLD


# -- versions -------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_each_decision_names_the_policy_it_was_made_under(dress, at, fake_reader, olivia):
    (first,) = _said(dress, at, "The first one is fine.")
    actions.examine([first], at=at, reader=fake_reader(spam=0.3))
    stricter = rules.Policy(hold_spam=0.2)
    saved = actions.save_policy(policy=stricter, note="spam rises", seen=1, actor_id=olivia, at=at)
    assert (saved.version, saved.changed, saved.note) == (2, ("hold_spam",), "spam rises")
    second = actions.receive(NewVoice(product_id=dress, text="Another one is fine.", stars=4), at=at).id
    actions.examine([second], at=at, reader=fake_reader(spam=0.3))
    lines = {d.voice_id: d for d in models.Decision.objects.select_related("policy")}
    assert (lines[first].outcome, lines[first].policy.version) == ("publish", 1)
    assert (lines[second].outcome, lines[second].policy.version) == ("hold", 2)
    assert [version.changed for version in queries.policy_versions()] == [("hold_spam",), ()]


@pytest.mark.database
def test_saving_on_an_old_sight_is_told_and_saving_the_same_changes_nothing(db, at, olivia, camille):
    one = rules.Policy(hold_links=False)
    actions.save_policy(policy=one, seen=1, actor_id=olivia, at=at)
    with pytest.raises(actions.PolicyMoved):
        actions.save_policy(policy=rules.Policy(hold_photos=False), seen=1, actor_id=camille, at=at)
    assert actions.save_policy(policy=one, seen=2, actor_id=camille, at=at).version == 2
    assert queries.policy() == one


@pytest.mark.database
@pytest.mark.parametrize("change", [lambda rows: rows.update(note="x"), lambda rows: rows.delete()])
def test_versions_are_never_changed(db, at, change):
    actions.policy_in_force(at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(models.Policy.objects.all())


# -- the queue ------------------------------------------------------------------------------------------------


def test_a_look_is_worth_more_where_its_outcome_is_open():
    known = {Reason.LINKS: rules.openness(2, 2), Reason.PHOTO_UNSEEN: rules.openness(500, 1)}

    def worth(reason, **more):
        return rules.worth(reason=reason, **{"kind": "review", "doubt": 0.0, "known": known} | more)

    assert worth(Reason.LINKS) > worth(Reason.PHOTO_UNSEEN)
    assert worth(Reason.SPAM_UNSURE, doubt=0.5) > worth(Reason.SPAM_UNSURE, doubt=0.95)
    assert 0 <= worth(Reason.PHOTO_UNSEEN) < 0.05


@given(value=st.floats(-1, 2), hours=st.integers(1, 720))
def test_everybody_is_looked_at_in_time(value, hours):
    from datetime import timedelta

    from parvis.domains.voices.testing import AT

    due = rules.look_by(received_at=AT, promise_hours=hours, value=value)
    assert timedelta(0) < due - AT <= timedelta(hours=hours)


@pytest.mark.database
def test_chance_draws_the_share_asked_for_and_always_the_same(dress, at, fake_reader):
    drawn = [i for i in range(20_000) if rules.drawn(i, 0.05, "key")]
    assert 900 < len(drawn) < 1100
    assert drawn == [i for i in range(20_000) if rules.drawn(i, 0.05, "key")]
    assert drawn != [i for i in range(20_000) if rules.drawn(i, 0.05, "another key")]
    ids = _said(dress, at, *(f"This is the sentence number {i} of many." for i in range(40)))
    actions.examine(ids, at=at, reader=fake_reader(), policy=rules.Policy(sampled_share=0.5))
    count = models.Check.objects.count()
    assert 8 < count < 32
    assert set(models.Check.objects.values_list("chance", flat=True)) == {0.5}
    assert queries.desks().checks == count


@pytest.mark.database
def test_what_a_person_says_answers_the_check_and_an_undo_asks_again(dress, at, fake_reader, camille):
    good, bad = _said(dress, at, "One sentence that is fine.", "Another one that is not.")
    actions.examine([good, bad], at=at, reader=fake_reader(), policy=rules.Policy(sampled_share=1))
    actions.decide(voice_ids=[good], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=camille, at=at)
    done = actions.decide(voice_ids=[bad], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=at)
    checks = {check.voice_id: (check.fit, check.reason) for check in models.Check.objects.all()}
    assert checks == {good: (True, ""), bad: (False, "spam")}
    actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)
    assert models.Check.objects.get(voice_id=bad).fit is None


# -- two people -----------------------------------------------------------------------------------------------


@pytest.fixture
def two_people(db, at, olivia):
    actions.save_policy(policy=rules.Policy(two_people=rules.TwoPeople.REFUSALS), seen=1, actor_id=olivia, at=at)


def _refuse(voice_id, actor, at, reason=Reason.SPAM, **more):
    return actions.decide(voice_ids=[voice_id], outcome=Outcome.REFUSE, reason=reason, actor_id=actor, at=at, **more)


@pytest.mark.database
def test_a_refusal_waits_for_a_second_person(dress, at, fake_reader, two_people, camille, olivia):
    (voice,) = _said(dress, at, "A sentence that somebody minds.")
    actions.examine([voice], at=at, reader=fake_reader(spam=0.6))
    assert _refuse(voice, camille, at).proposed == (voice,)
    assert _refuse(voice, camille, at).proposed == (voice,)  # pressing twice is still one person
    assert queries.voice(voice).state is VoiceState.HELD
    assert queries.desks().second == 1
    done = _refuse(voice, olivia, at)
    assert (done.voice_ids, done.proposed) == ((voice,), ())
    assert queries.voice(voice).state is VoiceState.REFUSED
    proposal = models.Proposal.objects.get()
    assert (proposal.confirmed, proposal.closed_by_id, proposal.decision_id) == (True, olivia, done.decision_ids[0])


@pytest.mark.database
def test_the_second_person_may_see_it_otherwise(dress, at, fake_reader, two_people, camille, olivia):
    (voice,) = _said(dress, at, "A sentence that somebody minds.")
    actions.examine([voice], at=at, reader=fake_reader(spam=0.6))
    _refuse(voice, camille, at)
    actions.decide(voice_ids=[voice], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=olivia, at=at)
    assert queries.voice(voice).state is VoiceState.PUBLISHED
    assert models.Proposal.objects.get().confirmed is False


@pytest.mark.database
def test_the_first_person_may_take_it_back(dress, at, fake_reader, two_people, camille, olivia):
    (voice,) = _said(dress, at, "A sentence that somebody minds.")
    actions.examine([voice], at=at, reader=fake_reader(spam=0.6))
    _refuse(voice, camille, at)
    assert not actions.take_proposal_back(voice_id=voice, actor_id=olivia, at=at)
    assert actions.take_proposal_back(voice_id=voice, actor_id=camille, at=at)
    assert _refuse(voice, olivia, at).proposed == (voice,)


@pytest.mark.database
def test_the_database_itself_wants_two_people(dress, at, fake_reader, two_people, camille):
    (voice,) = _said(dress, at, "A sentence that somebody minds.")
    actions.examine([voice], at=at, reader=fake_reader(spam=0.6))
    _refuse(voice, camille, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Proposal.objects.update(confirmed=True, closed_by_id=camille, closed_at=at)


@pytest.mark.parametrize(
    ("interest", "more", "reason"),
    [
        (0.8, {}, Reason.INTEREST_UNSURE),
        (0.4, {}, Reason.SOUND),
        (0.8, {"incentive": "gift"}, Reason.SOUND),
        (0.8, {"author_role": AuthorRole.BRAND}, Reason.SOUND),
    ],
    ids=["undisclosed", "improbable", "labelled", "the-brand"],
)
def test_a_probable_interest_waits_unless_something_tells_of_it(dress, at, fake_reader, interest, more, reason):
    new = NewVoice(product_id=dress, text="I work for them, and it is a lovely soft dress.", stars=5, **more)
    voice_id = actions.receive(new, at=at).id
    actions.examine([voice_id], at=at, reader=fake_reader(interest=interest))
    assert queries.voice(voice_id).reason is reason
    off = rules.Policy(hold_interest=False)
    other = actions.receive(NewVoice(product_id=dress, text="They paid me to say that it is soft.", stars=5), at=at).id
    actions.examine([other], at=at, reader=fake_reader(interest=0.9), policy=off)
    assert queries.voice(other).state is VoiceState.PUBLISHED
    assert queries.replay(off, at=at).total == 2
