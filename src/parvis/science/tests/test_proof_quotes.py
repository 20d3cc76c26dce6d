"""Quotes that say their claim, whole."""

import pytest

from parvis.science.proof_quotes import Claim, finished, names_only, opening, worth

CUT = "It arrived quickly and I love it. " * 14 + "the silk is not stiff li"


def claim(text: str, quote: str, words: str, polarity: float = 0.9) -> Claim:
    start, at = text.index(quote), text.index(words)
    return Claim(start=start, end=start + len(quote), at=at, to=at + len(words), polarity=polarity)


def test_what_was_cut_off_is_not_quoted() -> None:
    assert worth(CUT, claim(CUT, "the silk is not stiff li", "not stiff")) == 0
    assert worth(CUT, claim(CUT, "I love it", "love")) > 0
    assert finished("soft", 4)
    assert finished(CUT + "ke cardboard!", len(CUT) + 13)


def test_words_that_judge_come_before_words_that_name() -> None:
    text = "I bought the orange one in small. The colour is lovely in daylight."
    named = worth(text, claim(text, "I bought the orange one in small", "orange"), usefulness=1.0)
    judged = worth(text, claim(text, "The colour is lovely in daylight", "colour is lovely", 0.7), usefulness=0.2)
    assert judged > 2 * named
    assert names_only("Orange")
    assert not names_only("lovely orange")


@pytest.mark.parametrize(
    ("poor", "words"),
    [
        ("but the fabric is soft even after many washes", "fabric is soft"),
        ("the fabric is soft but it creases as soon as you sit down", "fabric is soft"),
        ("soft fabric", "soft"),
    ],
)
def test_whole_thoughts_of_one_mind_come_first(poor: str, words: str) -> None:
    good = "the fabric is soft even after many washes"
    best = worth(good, claim(good, good, "fabric is soft"))
    assert worth(poor, claim(poor, poor, words)) < best


def test_a_passage_that_makes_several_claims_stands_for_none_first() -> None:
    text = "nice cut, soft fabric and lovely colour. the colour is lovely and deep"
    many = claim(text, "nice cut, soft fabric and lovely colour", "lovely colour")
    beside = [claim(text, "nice cut, soft fabric and lovely colour", words) for words in ("nice cut", "soft fabric")]
    one = claim(text, "the colour is lovely and deep", "colour is lovely")
    assert worth(text, many, others=beside) < worth(text, one, others=beside)
    against = [claim(text, "nice cut, soft fabric and lovely colour", "nice cut", -0.8)]
    assert worth(text, many, others=against) < worth(text, many, others=beside[:1])


def test_openings_end_between_thoughts() -> None:
    assert opening("Short.", length=50) == "Short."
    text = "Soft and warm. I wore it all winter long. It never pilled."
    assert opening(text, length=45) == "Soft and warm. I wore it all winter long. …"
    assert opening("word " * 40, length=32) == "word word word word word word …"
    assert opening("a" * 90, length=32) == "a" * 32 + " …"
    assert opening(CUT, length=2000).endswith("not stiff …")
    assert opening("", length=20) == ""
