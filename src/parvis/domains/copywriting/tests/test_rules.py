"""What may not be said, word by word differences, templates: without a database."""

import csv
from pathlib import Path
from typing import Any

import pytest

from parvis.domains.copywriting.contracts import Verdict
from parvis.domains.copywriting.rules import claims, composing, phrases
from parvis.domains.copywriting.rules.diffing import diff
from parvis.science import tone

_TEXT = (Path(claims.__file__).parent / "data" / "claims.csv").read_text(encoding="utf-8")
TABLE = list(csv.DictReader(_TEXT.splitlines()))


@pytest.mark.parametrize("row", TABLE, ids=[f"{n}-{row['family']}-{row['language']}" for n, row in enumerate(TABLE)])
def test_each_example_of_the_table_is_found(row: dict[str, str]) -> None:
    assert row["family"] in {hit.family for hit in claims.found(row["example"], row["language"])}


def test_every_family_names_its_law_and_says_why_in_both_languages() -> None:
    for family in claims.families().values():
        assert family.source.startswith("https://eur-lex.europa.eu/")
        assert all((family.law, family.why_en, family.why_fr, family.name_en, family.name_fr))
        assert family.examples_en
        assert family.examples_fr


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Beurre de karité (12 %), glycérine (5 %), vitamine E.", "fr"),
        ("Une noisette suffit pour le visage.", "fr"),
        ("9 avis sur 24 parlent d’une matière agréable, 2 disent le contraire.", "fr"),
        ("Lisez tous les avis, puis faites votre idée.", "fr"),
        ("Shea butter (12%), glycerine (5%), vitamin E.", "en"),
        ("Available sizes: XS, S, M, L and XL.", "en"),
        ("9 of 24 reviews speak of a pleasant fabric, 2 say the opposite.", "en"),
        ("Glass jar, to be used within six months of opening.", "en"),
    ],
)
def test_plain_sentences_are_left_alone(text: str, language: str) -> None:
    assert claims.found(text, language) == ()


def test_free_from_stands_where_the_catalogue_says_it() -> None:
    facts = ["Sans parfum ni huile essentielle.", "Parfum de rose au choix."]
    (hit,) = claims.found("Une crème sans parfum.", "fr")
    assert hit.verdict is Verdict.FACT
    assert claims.allowed(hit, facts=facts[:1], proofs=(), language="fr")
    assert not claims.allowed(hit, facts=facts[1:], proofs=(), language="fr")  # speaks of perfume, and has it
    (denigrating,) = claims.found("Sans parabènes.", "fr")
    assert not claims.allowed(denigrating, facts=["Sans parabènes."], proofs=(), language="fr")


def test_a_document_allows_its_own_words_and_no_others() -> None:
    (hit,) = claims.found("It is hypoallergenic.", "en")
    assert claims.allowed(hit, facts=(), proofs=[("cosmetic", "hypoallergenic")], language="en")
    assert not claims.allowed(hit, facts=(), proofs=[("cosmetic", "non-comedogenic")], language="en")
    assert not claims.allowed(hit, facts=(), proofs=[("superlative", "hypoallergenic")], language="en")
    (never,) = claims.found("It heals.", "en")
    assert not claims.allowed(never, facts=["It heals."], proofs=[("medical", "heals")], language="en")


def test_differences_rebuild_both_texts() -> None:
    before, after = "Une crème épaisse pour le soir.", "Une crème riche, pour le soir et l’hiver."
    pieces = diff(before, after)
    assert "".join(each.text for each in pieces if each.kind != "added").split() == before.split()
    assert "".join(each.text for each in pieces if each.kind != "removed").split() == after.split()
    assert diff("", "") == ()
    assert [each.kind for each in diff("", "new words")] == ["added"]


def test_french_phrases_elide() -> None:
    from parvis.domains.copywriting.contracts import Count

    told = [
        phrases.counted(Count(aspect=aspect, sign=sign, count=3, against=1, reviews=9), "fr")["de_what"]
        for aspect, sign in (("fabric", "pro"), ("tolerance", "con"), ("size", "pro"))
    ]
    assert told == ["d’une matière agréable", "d’irritations", "de bonnes dimensions"]


def test_lists_of_ingredients_are_told_from_sentences() -> None:
    assert composing.is_list("Beurre de karité (12 %), glycérine (5 %), vitamine E.")
    assert composing.is_list("Damask rose water (96%), glycerine (3%).")
    assert not composing.is_list("Une noisette suffit pour le visage.")
    assert not composing.is_list("50 ml tube of recycled plastic, to be used within nine months of opening.")


TU = ["Tu appliques ta crème le soir.", "Ta peau boit tout !", "Nous la fabriquons pour toi.", "Garde-la au frais."]


def test_a_tone_is_measured_and_says_when_it_has_too_little() -> None:
    few = tone.measure(TU, language="fr")
    assert not few.enough
    assert (few.texts, few.sentences) == (4, 4)
    assert few.figures["exclamation"].count == 1
    assert few.figures["we"].count == 1
    many = tone.measure([" ".join(TU)] * 9, language="fr")
    assert many.enough
    assert many.address == "tu"
    assert tone.measure([each.replace("Tu", "Vous").replace("Ta", "Votre") for each in TU], language="fr").address == ""
    empty = tone.measure([], language="en")
    assert empty.figures["sentence_words"].value is None
    assert empty.address == ""


def test_the_lexicon_is_what_others_do_not_say() -> None:
    own = ["Le beurre de karité du soir.", "Karité et glycérine.", "Le karité nourrit."] * 3
    others = ["Ma peau est douce, le flacon est joli.", "Le flacon est petit."] * 20
    found: Any = {word.word for word in tone.lexicon([*own, "Le flacon est joli."], others, language="fr")}
    assert "karite" in found
    assert not {"flacon", "joli", "est", "le"} & found
