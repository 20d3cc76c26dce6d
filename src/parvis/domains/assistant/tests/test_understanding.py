"""What questions want, of whom, and in which language: rules measured on questions written by hand."""

import csv
from pathlib import Path

import pytest

from parvis.domains.assistant.contracts import Intent
from parvis.domains.assistant.rules import understanding
from parvis.domains.assistant.rules.understanding import NothingAsked, QuestionTooLong, clean, spelt_out, understand


def questions() -> list[dict[str, str]]:
    with (Path(__file__).parent / "questions.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_wants_are_understood_in_both_languages() -> None:
    wrong = [
        (row["question"], row["intent"], found.value)
        for row in questions()
        if (found := understand(row["question"], locale=row["locale"]).intent) != row["intent"]
    ]
    assert len(wrong) / len(questions()) <= 0.1, wrong


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("is it free?", Intent.PRICE),
        ("is it fragrance free?", Intent.EVIDENCE),
        ("ça brûle, je fais une réaction, que faire ?", Intent.MEDICAL),
        ("my face is swollen, what should I do?", Intent.MEDICAL),
    ],
)
def test_what_must_not_be_answered_with_reviews_is_not(question: str, intent: Intent) -> None:
    assert understand(question, locale="fr" if "ça" in question else "en", kind="beauty").intent is intent


@pytest.mark.parametrize(
    ("question", "attribute", "value"),
    [
        ("Montre-moi sur peau sèche", "skin_type", "dry"),
        ("show me on dry skin", "skin_type", "dry"),
        ("does it run small for 1.80 m?", "height_cm", "180"),
        ("pour 1m80 ?", "height_cm", "180"),
        ("for someone of 5 ft 4", "height_cm", "163"),
        ("c'est bien pour 172 cm ?", "height_cm", "172"),
        ("et pour les grandes tailles, femmes rondes ?", "build", "curvy"),
        ("is it good for a wedding?", "use", "wedding"),
        ("any videos?", "video", "yes"),
    ],
)
def test_of_whom_the_question_wants_to_hear(question: str, attribute: str, value: str) -> None:
    found = understand(question, locale="fr" if "é" in question or "pour" in question else "en").filters
    assert (attribute, value) in {(each.attribute, each.value) for each in found}


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("d03s 1t run 5m4ll", "does it run small"),
        ("what size for 1m80 and 70kg", "what size for 1m80 and 70kg"),
        ("is 3xl the same as 2x in t38?", "is 3xl the same as 2x in t38?"),
        ("order P-000123 from 2024", "order P-000123 from 2024"),
    ],
)
def test_digits_in_the_place_of_letters_are_read_and_measures_left_alone(said: str, plain: str) -> None:
    assert spelt_out(said) == plain


def test_a_question_that_leans_on_the_one_before_takes_its_subject() -> None:
    first = understand("show me on dry skin", locale="en")
    then = understand("and for oily skin?", locale="en", before=first)
    assert then.follows
    assert then.intent is Intent.SHOW
    assert [(each.attribute, each.value) for each in then.filters] == [("skin_type", "oily")]
    other = understand("Does the colour fade?", locale="en", before=first)
    assert not other.follows
    assert other.filters == ()


def test_what_cannot_be_a_question_is_refused_with_its_limit() -> None:
    with pytest.raises(NothingAsked):
        clean("  \x00 \u200b\n")
    for length in (1001, 20_000, 2_000_000):
        with pytest.raises(QuestionTooLong) as error:
            clean("a " * (length // 2 + 1))
        assert error.value.params["limit"] == 1000
    assert clean("a\x00b\u202e c") == "a b c"


def test_being_pregnant_is_a_matter_of_size_in_clothes_and_of_a_doctor_in_care() -> None:
    question = "can I use it when pregnant?"
    assert understand(question, locale="en", kind="beauty").intent is Intent.MEDICAL
    assert understand(question, locale="en", kind="clothing").intent is not Intent.MEDICAL


def test_the_language_is_the_questions_own_and_two_words_have_none() -> None:
    assert understand("waar kan ik deze jurk in het groot kopen?", locale="en").language == "nl"
    assert understand("waar kan ik deze jurk in het groot kopen?", locale="fr").speaks == "fr"
    assert understand("taille petit ?", locale="fr").language == "fr"
    assert understanding.compared_with("is it better than the one from Zara?") == "from zara"
