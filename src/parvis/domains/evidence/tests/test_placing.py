"""Both sides in sight, each by its share."""

import math

from hypothesis import given
from hypothesis import strategies as st

from parvis.domains.evidence import rules


def test_the_few_do_not_speak_for_all() -> None:
    stars = {1: 1, 2: 2, 3: 5, 4: 4, 5: 5, 6: 5, 7: 5, 8: 5}
    assert rules.both_sides_in_sight((1, 2, 3, 4, 5, 6, 7, 8), stars) == (1, 3, 4, 2, 5, 6, 7, 8)


def test_the_other_side_comes_forward_to_the_third_place() -> None:
    stars = {1: 5, 2: 4, 3: 5, 4: 5, 5: 2}
    assert rules.both_sides_in_sight((1, 2, 3, 4, 5), stars) == (1, 2, 5, 3, 4)


def test_where_most_are_displeased_they_lead() -> None:
    stars = {1: 1, 2: 2, 3: 1, 4: 5}
    assert rules.both_sides_in_sight((1, 2, 3, 4), stars) == (1, 2, 3, 4)


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=12))
def test_nobody_is_lost_and_each_side_has_its_share(given_stars: list[int | None]) -> None:
    stars = dict(enumerate(given_stars))
    arranged = rules.both_sides_in_sight(tuple(stars), stars)
    assert sorted(arranged) == list(stars)
    assert arranged[:1] == tuple(stars)[:1]
    against = [voice for voice in stars if rules.displeased(stars[voice])]
    in_sight = [voice for voice in arranged[: rules.IN_SIGHT] if voice in against]
    assert bool(in_sight) == bool(against)
    if against:
        assert len(in_sight) <= math.ceil(rules.IN_SIGHT * len(against) / len(stars))
