"""Who agrees, which size, how it ended, and what a sentence may say."""

import pytest

from parvis.domains.assistant.contracts import Outcome, Resolution, Side, Word
from parvis.domains.assistant.rules import grading, sizing, support
from parvis.domains.assistant.rules.sides import side
from parvis.domains.assistant.rules.sizing import Wearer
from parvis.domains.assistant.rules.support import Source


def test_sides_follow_what_the_question_supposes() -> None:
    assert side(-0.8, aim=-0.9, about=["fabric"]) is Side.AGREES  # "itchy?" and "it scratches"
    assert side(0.8, aim=-0.9, about=["fabric"]) is Side.DISAGREES
    assert side(0.8, aim=0.0) is Side.AGREES
    assert side(0.05, aim=0.9) is Side.BESIDE
    assert side(0.9, aim=-1.0, about=["fit_small"], aspects=[("fit_true", 0.9)]) is Side.DISAGREES
    assert side(-0.9, aim=-1.0, about=["fit_small"], aspects=[("fit_small", -0.9)]) is Side.AGREES


def _worn(*rows: tuple[str, int | None, int]) -> list[Wearer]:
    return [Wearer(voice_id=n, size=size, fit=fit, height_cm=tall) for n, (size, fit, tall) in enumerate(rows)]


def test_a_size_is_advised_when_people_of_that_height_are_clearly_content_with_it() -> None:
    people = _worn(*[("M", 0, 170)] * 8, ("S", 0, 171), ("Medium", None, 168), ("L", 1, 172), ("S", 0, 150))
    advice = sizing.advise(people, height_cm=170, weight_kg=None, usual_size="")
    assert advice.advised == ("M",)
    assert advice.people == 11  # who is 150 cm is not like her
    assert [(each.size, each.people, each.large) for each in advice.sizes] == [("M", 9, 0), ("S", 1, 0), ("L", 1, 1)]


def test_two_sizes_are_plausible_and_too_few_people_advise_none() -> None:
    both = sizing.advise(
        _worn(*[("S", 0, 160)] * 5, *[("M", 0, 160)] * 4), height_cm=160, weight_kg=None, usual_size=""
    )
    assert both.advised == ("S", "M")
    few = sizing.advise(_worn(("S", 0, 160), ("S", 0, 161)), height_cm=160, weight_kg=None, usual_size="")
    assert (few.advised, few.people) == ((), 2)
    small = sizing.advise(_worn(*[("S", -1, 160)] * 9), height_cm=160, weight_kg=None, usual_size="")
    assert small.advised == ()  # nine found it small: nobody was content with it


@pytest.mark.parametrize(
    ("said", "label"), [("Petite XS", "XS"), ("SP", "S"), ("medium", "M"), ("2p", "2"), ("38", "38")]
)
def test_sizes_are_written_as_labels_write_them(said: str, label: str) -> None:
    assert sizing.label(said) == label


def test_the_shoppers_word_comes_before_the_rules() -> None:
    assert grading.by_rules(Outcome.ANSWERED) is Resolution.RESOLVED
    assert grading.by_rules(Outcome.THIN) is Resolution.PARTLY
    assert grading.by_rules(Outcome.UNSAID) is Resolution.NOT
    assert grading.by_rules(Outcome.ANSWERED, asked_again=True) is Resolution.NOT
    assert grading.by_rules(Outcome.THIN, added=True) is Resolution.RESOLVED
    assert grading.settled(Resolution.RESOLVED, Word.NO) is Resolution.NOT
    assert grading.settled(Resolution.NOT, Word.YES) is Resolution.RESOLVED
    assert grading.same_again("Does it run small?", "does it run small")
    assert not grading.same_again("Does it run small?", "Does it have pockets?")


def test_a_conversation_is_its_questions() -> None:
    resolved, no = (Outcome.ANSWERED, Resolution.RESOLVED), (Outcome.UNSAID, Resolution.NOT)
    hello = (Outcome.GREETED, Resolution.RESOLVED)
    assert grading.of_conversation([hello], handed_over=False) is None
    assert grading.of_conversation([hello, no], handed_over=False) is Resolution.NOT
    assert grading.of_conversation([resolved, no], handed_over=False) is Resolution.PARTLY
    assert grading.of_conversation([resolved, hello], handed_over=False) is Resolution.RESOLVED
    assert grading.of_conversation([resolved], handed_over=True) is Resolution.HANDED_OVER


SOURCES = (
    Source(
        rank=1, text="The fabric is itchy and it shrank after two washes.", language="en", aspects=[("fabric", -0.9)]
    ),
    Source(rank=2, text="So soft, I wore it for 3 days.", language="en", aspects=[("fabric", 0.9)]),
    Source(rank=3, text="Le tissu gratte un peu.", language="fr", aspects=[("fabric", -0.8)]),
)


@pytest.mark.parametrize(
    ("sentence", "aspects", "stands"),
    [
        ("One reviewer finds the fabric itchy [1].", [("fabric", -0.9)], True),
        ("Another calls it so soft. [2]", [("fabric", 0.8)], True),
        ("The fabric is itchy, it shrank after two washes [1, 2].", [("fabric", -0.9)], True),
        ("The fabric is itchy.", [("fabric", -0.9)], False),  # cites nothing
        ("The fabric is itchy [7].", [("fabric", -0.9)], False),  # cites what was not shown
        ("The fabric is soft [1].", [("fabric", 0.9)], False),  # the contrary
        ("It shrank after 5 washes [1].", [], False),  # a number of its own
        ("It is free this week, take it now [1].", [], False),  # nothing of it is said
        ("See https://evil.example for the fabric that is itchy [1].", [], False),
        ("The fabric is a little itchy [3].", [("fabric", -0.8)], True),  # said in French
        ("It comes from Portugal [3].", [], False),  # cannot be compared
        ("[1]", [], False),
    ],
)
def test_a_sentence_stands_when_its_passages_say_it(
    sentence: str, aspects: list[tuple[str, float]], stands: bool
) -> None:
    found = support.checked(sentence, sources=SOURCES, aspects=aspects, question="Is it itchy?", language="en")
    assert (found is not None) is stands
    if found is not None:
        assert "[" not in found.text


def test_citations_after_the_full_stop_belong_to_the_sentence_before() -> None:
    text = "It itches. [1] It is soft [2]. Nobody speaks of colour!"
    assert support.sentences(text) == ["It itches. [1]", "It is soft [2].", "Nobody speaks of colour!"]
