"""Nearly the same words from several people: held as they come in, decided about as one group, never refused alone."""

import random
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from tests.forks import start

from parvis.core.errors import NotFound
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.people import actions as people_actions
from parvis.domains.voices import actions, models, queries, rules, tasks
from parvis.domains.voices.actions import bursts as crowds
from parvis.domains.voices.contracts import (
    AuthorRole,
    Desk,
    NewVoice,
    Outcome,
    QueueFilters,
    Reason,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.testing import AT

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PRAISE = "An absolutely wonderful dress, delivered in two days, I recommend this shop to everybody around me!"
FRENCH = "Une robe absolument magnifique, livrée en deux jours, je recommande cette boutique à tout mon entourage !"


def edited(text: str, number: int) -> str:
    """The text with two letters swapped or doubled, as a person who copies does it."""
    chance = random.Random(number)
    letters = list(text)
    for place in chance.sample([i for i, letter in enumerate(letters) if letter.isalpha()], 2):
        letters[place] *= 2
    return "".join(letters) + " " * (number % 2) + "!" * (number % 3)


def sent(product: int, text: str, author: str, at, *, minutes: float = 0, **more) -> int:
    when = at + timedelta(minutes=minutes)
    return actions.receive(
        NewVoice(product_id=product, text=text, stars=5, author_name=author, language="en", **more), at=when
    ).id


def crowd(product: int, at, count: int = 40, text: str = PRAISE) -> list[int]:
    return [sent(product, edited(text, i), f"Person {i}", at, minutes=i * 1.5) for i in range(count)]


# -- found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [PRAISE, FRENCH], ids=["en", "fr"])
def test_forty_accounts_within_an_hour_are_held_as_one_group(dress, at, fake_reader, text):
    ids = crowd(dress, at, text=text)
    counts = actions.examine(ids, at=at, reader=fake_reader())
    assert (counts.held, counts.published, counts.refused) == (40, 0, 0)
    (group,) = queries.bursts().items
    assert (group.total, group.waiting, group.public, group.authors) == (40, 40, 0, 40)
    assert group.last_at - group.first_at == timedelta(minutes=58.5)
    assert [member.voice.id for member in group.members] == ids[:3]
    assert all(member.alike > 0.8 for member in group.members)
    assert {voice.reason for voice in queries.voices(ids).values()} == {Reason.BURST}
    assert queries.desks().bursts == 1


def test_one_after_the_other_the_third_account_is_held_and_the_first_ones_stay(dress, at, fake_reader):
    """What is public stays so: by copying it, anybody could take a genuine review down."""
    ids = []
    for number in range(5):
        ids.append(sent(dress, edited(PRAISE, number), f"Person {number}", at, minutes=number))
        actions.examine(ids[-1:], at=at, reader=fake_reader())
    states = [queries.voice(key).state for key in ids]
    assert states == [VoiceState.PUBLISHED] * 2 + [VoiceState.HELD] * 3
    (group,) = queries.bursts().items
    assert (group.total, group.public, group.waiting) == (5, 2, 3)


@pytest.mark.parametrize(
    ("name", "texts", "authors", "minutes"),
    [
        ("one author", [edited(PRAISE, i) for i in range(6)], ["Ann"] * 6, 1),
        ("two authors", [edited(PRAISE, i) for i in range(6)], ["Ann", "Bob"] * 3, 1),
        ("days apart", [edited(PRAISE, i) for i in range(6)], [f"P{i}" for i in range(6)], 25 * 60),
        ("short", ["I love it so much, it is perfect!"] * 6, [f"P{i}" for i in range(6)], 1),
        ("nameless", [edited(PRAISE, i) for i in range(6)], [""] * 6, 1),
        (
            "one subject",
            [
                "The dress is soft and light and it fits me true to size, I wear it to work every week.",
                "It is a soft dress that fits true to size; the colour is lighter than on the picture.",
                "True to size and soft, though the seams of the dress could be better. I wear it on weekends.",
                "I wear this soft dress every week: light, true to size, with pockets on both sides.",
                "Soft, light, and the dress has pockets! It runs a little large, so size down if you can.",
            ],
            [f"P{i}" for i in range(5)],
            1,
        ),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_what_is_no_burst_is_not_held_for_one(dress, at, fake_reader, name, texts, authors, minutes):
    policy = rules.Policy(hold_duplicates=False)
    ids = [
        sent(dress, text, author, at, minutes=minutes * number, origin_ref=f"no:{number}")
        for number, (text, author) in enumerate(zip(texts, authors, strict=True))
    ]
    later = at + timedelta(days=30)
    assert actions.examine(ids, at=later, reader=fake_reader(), policy=policy).published == len(ids)
    assert not queries.bursts(waiting=False).items


def test_the_brand_may_thank_everybody_in_the_same_words(dress, at, fake_reader):
    review = sent(dress, "The seam came apart after one wash.", "Ann", at)
    ids = [
        sent(
            dress,
            "Thank you very much for your kind words, we are delighted to read them!",
            "The shop",
            at,
            kind=VoiceKind.COMMENT,
            parent_id=review,
            author_role=AuthorRole.BRAND,
            origin_ref=f"thanks:{i}",
        )
        for i in range(5)
    ]
    policy = rules.Policy(hold_duplicates=False)
    assert actions.examine(ids, at=at, reader=fake_reader(), policy=policy).published == 5


def test_the_policy_decides_how_many_and_whether(dress, at, fake_reader):
    strict, off = rules.Policy(burst_authors=2), rules.Policy(hold_bursts=False)
    first = crowd(dress, at, 2)
    assert actions.examine(first, at=at, reader=fake_reader(), policy=strict).held == 2
    second = crowd(dress, at + timedelta(days=10), 4, text=FRENCH)
    assert actions.examine(second, at=at, reader=fake_reader(), policy=off).published == 4


def test_a_rule_that_did_not_exist_is_off_in_an_old_version():
    data = rules.to_data(rules.Policy())
    for name in ("hold_bursts", "hold_interest", "burst_authors", "burst_hours", "interest_from", "second_opinions"):
        del data[name]
    old = rules.from_data(data)
    assert (old.hold_bursts, old.hold_interest) == (False, False)
    assert old.second_opinions is rules.OpinionMode.ADVISE


def test_two_groups_become_one_when_a_voice_belongs_to_both(dress, at, fake_reader):
    one = actions.examine(crowd(dress, at, 3), at=at, reader=fake_reader())
    two = actions.examine(crowd(dress, at + timedelta(hours=40), 3), at=at, reader=fake_reader())
    assert (one.held, two.held, len(queries.bursts().items)) == (3, 3, 2)
    bridge = sent(dress, edited(PRAISE, 99), "Bridge", at + timedelta(hours=20))
    actions.examine([bridge], at=at, reader=fake_reader())
    (group,) = queries.bursts().items
    assert group.total == 7
    assert models.Burst.objects.count() == 1


def test_nothing_alike_costs_one_statement(dress, at, django_assert_max_num_queries):
    ids = [sent(dress, text, text[:5], at) for text in (PRAISE, FRENCH, "The seam came apart after one single wash.")]
    with django_assert_max_num_queries(1):
        assert not crowds.find(ids, policy=rules.Policy(burst_authors=2)).groups
    more = crowd(dress, at, 30)
    with django_assert_max_num_queries(3):
        assert len(crowds.find(more, policy=rules.Policy()).groups) == 1


# -- decided --------------------------------------------------------------------------------------------------


def test_all_are_decided_at_once_each_with_its_own_line(dress, at, camille, fake_reader):
    ids = crowd(dress, at, 12)
    actions.examine(ids, at=at, reader=fake_reader())
    (group,) = queries.bursts().items
    whole = queries.burst(group.id)
    seen = {member.voice.id: member.decision_id for member in whole.members}
    done = actions.decide(
        voice_ids=seen, outcome=Outcome.REFUSE, reason=Reason.NOT_GENUINE, actor_id=camille, at=at, seen=seen
    )
    assert len(done.decision_ids) == 12
    assert {queries.decisions(key)[0].actor_id for key in ids} == {camille}
    assert not queries.bursts().items
    assert queries.bursts(waiting=False).items[0].total == 12
    late = sent(dress, edited(PRAISE, 77), "Latecomer", at, minutes=60)
    actions.examine([late], at=at, reader=fake_reader())
    assert queries.voice(late).reason is Reason.BURST
    assert queries.burst(group.id).total == 13
    actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=at)
    assert queries.burst(group.id).waiting == 13


def test_the_queue_names_the_group_of_a_voice(dress, at, fake_reader):
    ids = crowd(dress, at, 4)
    actions.examine(ids, at=at, reader=fake_reader())
    items = queries.queue(QueueFilters(desk=Desk.BURSTS)).items
    assert [item.burst for item in items] == [(queries.bursts().items[0].id, 4)] * 4
    with pytest.raises(NotFound):
        queries.burst(10**9)


def test_the_record_tells_of_groups_and_reaches_them_again(dress, at, fake_reader):
    ids = crowd(dress, at, 4)
    actions.examine(ids, at=at, reader=fake_reader())
    file = BytesIO()
    counts = queries.write_record(file, since=at - timedelta(days=1), until=at + timedelta(days=1))
    assert counts["bursts"] == 4
    with zipfile.ZipFile(file) as archive:
        lines = archive.read("bursts.csv").decode().splitlines()
        decisions = archive.read("decisions.csv").decode()
    assert lines[0] == "burst,opened_at,policy_version,voice,alike,joined_at"
    assert {int(line.split(",")[3]) for line in lines[1:]} == set(ids)
    assert decisions.count(",burst,") == decisions.count(",yes\r\n") == 4


def test_who_is_erased_leaves_the_group_and_no_number_behind(dress, at, fake_reader):
    customer = people_actions.ensure_customer(email="ann@mail.example", name="Ann", at=at)
    ids = [*crowd(dress, at, 3), sent(dress, edited(PRAISE, 9), "Ann", at, minutes=9, customer_id=customer.id)]
    actions.examine(ids, at=at, reader=fake_reader())
    assert models.Sketch.objects.filter(voice_id=ids[-1]).exists()
    actions.erase_customer(customer_id=customer.id, at=at)
    assert queries.bursts().items[0].total == 3
    assert not models.Sketch.objects.filter(voice_id=ids[-1]).exists()
    again = sent(dress, edited(PRAISE, 10), "Somebody", at, minutes=10)
    actions.examine([again], at=at, reader=fake_reader())
    assert queries.bursts().items[0].total == 4


def test_numbers_are_kept_for_some_days_only(dress, at):
    crowd(dress, at, 3)
    tasks.forget_sketches(0)  # by now all of this is long ago
    assert not models.Sketch.objects.exists()


# -- two workers ----------------------------------------------------------------------------------------------

WORKER = """
import sys
from django.db import connection
from parvis.core import events, outbox
from parvis.core.clock import now
import dataclasses
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
listener = dataclasses.replace(events.listeners()["voices.examine"], batch=3)
while outbox.deliver_to(listener, at=now()):
    pass
"""


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_that_share_a_crowd_hold_all_of_it_as_one_group():
    """The worst case: each worker sees a few voices at a time, and holds fewer than make a burst in its hands."""
    dress = small_catalogue().products["linen-dress"]
    ids = crowd(dress, AT)
    workers = [start(WORKER) for _ in range(2)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    assert [worker.communicate(timeout=120)[0] for worker in workers] == ["", ""]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert {voice.reason for voice in queries.voices(ids).values()} == {Reason.BURST}
    (group,) = queries.bursts().items
    assert (group.total, group.waiting, group.authors) == (40, 40, 40)
    assert models.Decision.objects.count() == 40
