import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, queries, testing
from parvis.domains.voices.contracts import NewVoice, Origin

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_one_vote_a_person_changeable(dress, at):
    voice_id = testing.small_square(dress).voices["praise_en"].id

    def vote(voter, value):
        return actions.vote(voice_id=voice_id, voter=voter, value=value, at=at)

    assert vote("a", 1) == (1, 0)
    assert vote("a", 1) == (1, 0)
    assert vote("b", -1) == (1, 1)
    assert vote("a", -1) == (0, 2)
    assert vote("a", 0) == (0, 1)
    assert vote("a", 0) == (0, 1)
    assert queries.votes_of("b", [voice_id]) == {voice_id: -1}
    assert OutboxEvent.objects.filter(name="voices.votes_changed").count() == 4


def test_votes_that_came_with_an_import_are_kept(dress, at):
    row = NewVoice(
        product_id=dress, text="A fine, light dress.", stars=4, votes_up=12, origin=Origin.IMPORT, origin_ref="x"
    )
    (voice_id,) = actions.receive_many([row], at=at).accepted
    actions.examine([voice_id], at=at)
    assert actions.vote(voice_id=voice_id, voter="a", value=1, at=at) == (13, 0)
    assert actions.vote(voice_id=voice_id, voter="a", value=0, at=at) == (12, 0)


def test_nobody_votes_on_the_own_voice_or_on_what_is_not_public(dress, at):
    grace = people.customer("grace", at=at)
    voice = actions.receive(
        NewVoice(product_id=dress, text="A fine, light dress.", stars=4, customer_id=grace.id), at=at
    )
    with pytest.raises(NotFound):
        actions.vote(voice_id=voice.id, voter="a", value=1, at=at)
    actions.examine([voice.id], at=at)
    with pytest.raises(actions.OwnVoice):
        actions.vote(voice_id=voice.id, voter=f"customer:{grace.id}", value=1, at=at)
    with pytest.raises(Invalid):
        actions.vote(voice_id=voice.id, voter="a", value=5, at=at)
