"""Yes or no, from the words of a quote and not from its mood."""

import pytest

from parvis.domains.assistant.rules import asserting


@pytest.mark.parametrize(
    ("question", "language", "quote", "spoken", "says"),
    [
        ("Does it shed?", "en", "Stylish, but sheds", "en", 1),
        ("Does it shed?", "en", "it did not seem to shed.", "en", -1),
        ("Does it shed?", "en", "a lovely colour", "en", 0),
        ("Do these jeans stretch out?", "en", "they haven't stretched out at all", "en", -1),
        ("Is the waistband comfortable?", "en", "many were very uncomfortable", "en", -1),
        ("Is the waistband comfortable?", "en", "they hug you, but are not uncomfortable", "en", 1),
        ("Does it shed or pill?", "en", "it pilled after a week", "en", 1),
        ("Est-ce que ça colle ?", "fr", "ma peau est plus souple, sans coller.", "fr", -1),
        ("Est-ce que le pull gratte ?", "fr", "very cozy not itchy!", "en", -1),
        ("Est-ce que le pull gratte ?", "fr", "it is itchy and kind of coarse", "en", 1),
        ("Est-ce que le pot est pratique ?", "fr", "Efficace mais le pot n’est pas pratique", "fr", -1),
        ("Does it sting or cause redness?", "en", "Aucune rougeur, aucun picotement", "fr", -1),
    ],
)
def test_yes_no_or_neither(question: str, language: str, quote: str, spoken: str, says: int) -> None:
    asked = asserting.predicate(question, language, kind_of_thing="Knitted thing 936")
    assert asked is not None
    assert asserting.says(asked, quote, spoken) == says


@pytest.mark.parametrize(
    "question",
    ["How does it wash?", "What is it made of?", "Can I wear a bra with it?", "Combien de temps dure un pot ?"],
)
def test_what_cannot_be_answered_with_yes_or_no_has_no_predicate(question: str) -> None:
    language = "fr" if "Combien" in question else "en"
    assert asserting.predicate(question, language) is None


def test_the_name_of_the_product_says_nothing() -> None:
    assert asserting.predicate("Is it a sweater?", "en", kind_of_thing="Wool sweater") is None
