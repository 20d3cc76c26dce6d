"""What a person said follows their records, together and apart."""

import pytest

from parvis.domains.people import actions as people
from parvis.domains.people.contracts import CustomersMerged, CustomersSplit
from parvis.domains.voices import actions, handlers, models, queries
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def pair(dress, at):
    """Two records of one person, a voice of each, both public."""
    kept = people.ensure_customer(email="a@a.example", at=at)
    gone = people.ensure_customer(email="b@b.example", at=at)
    voices = [
        actions.receive(NewVoice(product_id=dress, stars=5, text=f"Light and airy {who.id}", customer_id=who.id), at=at)
        for who in (kept, gone)
    ]
    ids = [voice.id for voice in voices]
    actions.decide(voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=at)
    return kept.id, gone.id, ids


def merged(pair, at):
    kept, gone, _ = pair
    merge = people.merge_customers(kept_id=kept, gone_id=gone, actor_id=None, at=at)
    handlers.follow([CustomersMerged(kept_id=kept, gone_id=gone, merge_id=merge.id)])
    return merge


def owners(ids):
    return [queries.voice(voice_id).customer_id for voice_id in ids]


def votes(voice_id):
    voice = queries.voice(voice_id)
    return voice.votes_up, voice.votes_down


def test_voices_follow_and_go_back(pair, dress, at):
    kept, gone, ids = pair
    merge = merged(pair, at)
    assert owners(ids) == [kept, kept]
    handlers.follow([CustomersMerged(kept_id=kept, gone_id=gone, merge_id=merge.id)])  # heard twice
    since = actions.receive(NewVoice(product_id=dress, stars=4, text="Bought again", customer_id=kept), at=at)
    people.split_customers(merge_id=merge.id, actor_id=None, at=at)
    split = CustomersSplit(kept_id=kept, gone_id=gone, merge_id=merge.id)
    handlers.follow([split, split])
    assert owners(ids) == [kept, gone]
    assert owners([since.id]) == [kept]
    assert not models.MovedVoice.objects.exists()


def test_a_split_that_is_heard_of_first_leaves_nothing_behind(pair, at):
    kept, gone, ids = pair
    merge = people.merge_customers(kept_id=kept, gone_id=gone, actor_id=None, at=at)
    people.split_customers(merge_id=merge.id, actor_id=None, at=at)
    names = {"kept_id": kept, "gone_id": gone, "merge_id": merge.id}
    handlers.follow([CustomersSplit(**names), CustomersMerged(**names)])
    assert owners(ids) == [kept, gone]


def test_one_person_has_one_vote_and_none_for_the_own_voice(pair, dress, at):
    kept, gone, (mine, theirs) = pair
    third = actions.receive(NewVoice(product_id=dress, stars=3, text="So so, I would say", customer_id=None), at=at)
    actions.decide(voice_ids=[third.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=at)
    for voter, voice_id, value in ((kept, theirs, 1), (gone, mine, 1), (kept, third.id, 1), (gone, third.id, -1)):
        actions.vote(voice_id=voice_id, voter=f"customer:{voter}", value=value, at=at)
    actions.vote(voice_id=mine, voter="visit:x", value=1, at=at)
    merge = merged(pair, at)
    assert [votes(mine), votes(theirs), votes(third.id)] == [(1, 0), (0, 0), (1, 0)]
    people.split_customers(merge_id=merge.id, actor_id=None, at=at)
    handlers.follow([CustomersSplit(kept_id=kept, gone_id=gone, merge_id=merge.id)])
    assert [votes(mine), votes(theirs), votes(third.id)] == [(2, 0), (1, 0), (1, 1)]
    assert set(models.Vote.objects.filter(voice_id=third.id).values_list("voter", "value")) == {
        (f"customer:{kept}", 1),
        (f"customer:{gone}", -1),
    }


def test_imported_votes_stay_what_they_were(dress, at):
    first = people.ensure_customer(email="a@a.example", at=at).id
    second = people.ensure_customer(email="b@b.example", at=at).id
    voice = actions.receive(NewVoice(product_id=dress, stars=3, text="So so, I would say", votes_up=7), at=at)
    actions.decide(voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=at)
    for voter in (first, second):
        actions.vote(voice_id=voice.id, voter=f"customer:{voter}", value=1, at=at)
    merged((first, second, []), at)
    assert votes(voice.id) == (8, 0)
