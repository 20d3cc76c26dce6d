"""What is known of the machine's decisions: rates from checks, limits from rates, trials of rules, equal delays."""

import io
import json
import zipfile
from datetime import timedelta
from math import isnan

import numpy as np
import pytest

from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def _many(dress, at, count, **more):
    rows = [
        NewVoice(product_id=dress, text=f"This is the sentence number {i} of many.", origin_ref=f"q:{i}", **more)
        for i in range(count)
    ]
    return list(actions.receive_many(rows, at=at).accepted)


def _doubting(seed=0):
    """A reader whose doubts are calibrated for the labels of :func:`_truth`."""
    import polars as pl

    def read(frame):
        rng = np.random.default_rng(seed)
        doubt = rng.beta(0.3, 6, len(frame))
        return frame.select("id").with_columns(
            model=pl.lit("fake"),
            language=pl.Series(["fr" if i % 4 == 0 else "en" for i in range(len(frame))]),
            sentiment=pl.lit(0.0),
            stars=pl.lit(4.0),
            toxicity=pl.lit(0.0),
            spam=pl.Series(doubt),
            aspects=pl.Series([[]] * len(frame), dtype=pl.List(pl.Struct({"aspect": pl.String}))),
        )

    return read


@pytest.fixture
def checked(dress, at, camille, settings):
    """1,200 voices decided by the machine, a third of them drawn and checked by a person."""
    ids = _many(dress, at, 1200, stars=4)
    for first in range(0, 1200, 400):
        actions.examine(ids[first : first + 400], at=at, reader=_doubting(first), policy=None)
    models.Check.objects.all().delete()
    rng = np.random.default_rng(1)
    drawn = [key for key in ids if rng.random() < 0.75]
    models.Check.objects.bulk_create([models.Check(voice_id=key, chance=0.75, drawn_at=at) for key in drawn])
    spam = dict(models.Reading.objects.values_list("voice_id", "spam"))
    bad = {key for key in drawn if rng.random() < spam[key]}
    for outcome, some in ((Outcome.PUBLISH, set(drawn) - bad), (Outcome.REFUSE, bad)):
        reason = Reason.APPROVED if outcome is Outcome.PUBLISH else Reason.SPAM
        actions.decide(voice_ids=some, outcome=outcome, reason=reason, actor_id=camille, at=at, overturn=True)
    return len(drawn), bad


def test_error_rates_come_from_the_checks_alone(checked, at):
    drawn, bad = checked
    rows = queries.rated(at=at + timedelta(days=1))
    assert {row.language for row in rows} == {"en", "fr"}
    assert sum(row.checked for row in rows) <= drawn
    published = [row for row in rows if row.outcome is Outcome.PUBLISH]
    held = set(models.Decision.objects.filter(by="machine", outcome="hold").values_list("voice_id", flat=True))
    assert sum(row.wrong for row in published) == len(bad - held)
    for row in published:
        assert 0 <= row.low <= row.error <= row.high <= 1
    alone = queries.decided_alone(at=at + timedelta(days=1))
    assert (alone.decided, alone.alone) == (1200, 1200 - len(held))
    assert queries.desks().checks == 0


def test_limits_hold_the_rate_and_ask_for_more_checks_where_they_lack(checked, at):
    limits = {row.language: row for row in queries.calibrated(alpha=0.05, at=at + timedelta(days=1))}
    english = limits["en"]
    assert english.hold is not None
    assert english.high <= 0.05
    assert 0.3 < english.alone <= 1
    strict = {row.language: row for row in queries.calibrated(alpha=0.002, at=at + timedelta(days=1))}
    assert strict["en"].hold is None
    assert strict["en"].lacking > 1000


def test_refusals_are_learnt_where_people_have_decided_them_all(dress, at, camille, fake_reader):
    ids = _many(dress, at, 300, stars=4)
    scores = {f"This is the sentence number {i} of many.": {"spam": 0.99 if i % 2 else 0.01} for i in range(300)}
    careful = rules.Policy(machine_refuses=False, sampled_share=0.0)
    actions.examine(ids, at=at, reader=fake_reader(scores), policy=careful)
    later = at + timedelta(days=1)
    assert queries.calibrated(alpha=0.05, at=later)[0].refuse is None  # nobody has decided yet
    doubtful = [ids[i] for i in range(1, 300, 2)]
    actions.decide(voice_ids=doubtful, outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=at)
    (found,) = queries.calibrated(alpha=0.05, at=later)
    assert 0.5 <= found.refuse <= 0.99
    assert found.alone == pytest.approx(0.5)
    # what the machine refused by itself was looked at by nobody: nothing can be learnt from the rest then
    (more,) = _many(dress, at, 301, stars=4)[-1:]
    actions.examine([more], at=at, reader=fake_reader(spam=0.99))
    assert queries.calibrated(alpha=0.05, at=later)[0].refuse is None


def test_people_s_decisions_about_what_waited_are_counted_by_reason(checked, at):
    rows = queries.seen(at=at + timedelta(days=1))
    assert [row.reason for row in rows] == [Reason.SPAM_UNSURE]
    assert rows[0].published + rows[0].refused > 0
    openness = queries.openness_by_reason()
    assert set(openness) <= {Reason.SPAM_UNSURE}


# -- rules tried ----------------------------------------------------------------------------------------------


def test_a_trial_with_the_same_rules_moves_nothing_and_changes_nothing(checked, at):
    before = models.Decision.objects.count()
    same = queries.replay(queries.policy(), at=at + timedelta(days=1))
    assert (same.total, same.moved, same.judged) == (1200, (), checked[0])
    assert (same.wrong_before, same.alone_before) == (same.wrong_after, same.alone_after)
    stricter = queries.replay(rules.Policy(hold_spam=0.05), at=at + timedelta(days=1))
    assert stricter.share(Outcome.HOLD, after=True) > stricter.share(Outcome.HOLD, after=False)
    assert stricter.wrong_after <= stricter.wrong_before
    assert {(each.before, each.after) for each in stricter.moved} == {(Outcome.PUBLISH, Outcome.HOLD)}
    assert sum(stricter.counts.values()) == 1200
    assert models.Decision.objects.count() == before
    assert queries.replay(rules.Policy(), at=at + timedelta(days=60)).total == 0
    assert queries.replay(rules.Policy(), at=at + timedelta(days=1), most=100).cut


def test_every_automatic_decision_is_reached_again_from_the_record(checked, at):
    file = io.BytesIO()
    counts = queries.write_record(file, since=at - timedelta(days=1), until=at + timedelta(days=1))
    lines = [json.loads(line) for line in zipfile.ZipFile(file).read("decisions.jsonl").splitlines()]
    assert counts["decisions"] == len(lines)
    machine = [line for line in lines if line["by"] == "machine"]
    assert len(machine) == 1200
    assert {line["reproduced"] for line in machine} == {"yes"}
    # and it would be noticed were one of them not what the rules say
    changed = models.Decision.objects.filter(by="machine", outcome="publish").first()
    changed.scores["spam"] = 0.99
    from parvis.domains.voices.queries.regulator import _reproduced

    assert _reproduced(changed, queries.policy()) == "no"


# -- equal delays ---------------------------------------------------------------------------------------------


def _published(dress, at, stars, hours, ref):
    new = NewVoice(product_id=dress, text="A sentence.", stars=stars, origin=Origin.API, origin_ref=ref)
    voice = actions.receive(new, at=at)
    models.Voice.objects.filter(id=voice.id).update(
        state="published", published_at=at + timedelta(hours=hours), decided_at=at + timedelta(hours=hours)
    )


def test_complaints_that_wait_longer_are_found_out(dress, at):
    for i in range(40):
        _published(dress, at, 5, 1 + i / 40, f"up:{i}")
        _published(dress, at, 1, 1 + ((i * 7) % 40) / 40, f"down:{i}")
    now = at + timedelta(days=2)
    fair = queries.delays(at=now)
    assert fair.alike is True
    assert fair.favourable.median == pytest.approx(fair.unfavourable.median, rel=0.05)
    for i in range(40):  # and complaints that nobody ever decides about
        actions.receive(
            NewVoice(product_id=dress, text="A sentence.", stars=1, origin=Origin.API, origin_ref=f"never:{i}"), at=at
        )
    unfair = queries.delays(at=now)
    assert unfair.alike is False
    assert unfair.unfavourable.waiting == 40


def test_without_voices_nothing_is_claimed(db, at):
    nothing = queries.delays(at=at)
    assert (nothing.all.count, nothing.alike) == (0, None)
    assert isnan(nothing.all.median)
    assert queries.calibrated(alpha=0.02, at=at) == ()
    assert queries.rated(at=at) == ()
