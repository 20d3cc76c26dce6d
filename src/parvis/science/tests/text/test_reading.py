"""What the reader says about texts whose meaning is plain to a person."""

import polars as pl
import pytest

from parvis.core.tables import TableError
from parvis.science import text
from parvis.science.text.cues import bundled, expand


def read(*texts: str | None, **columns: list[object]) -> list[dict[str, object]]:
    return text.read(pl.DataFrame({"id": list(range(len(texts))), "text": list(texts), **columns})).to_dicts()


def polarities(said: str) -> dict[str, float]:
    return {a["aspect"]: a["polarity"] for a in read(said)[0]["aspects"]}


@pytest.mark.parametrize(
    ("said", "aspect", "sign"),
    [
        ("It runs small, order a size up.", "fit_small", -1),
        ("This dress runs a bit large on me.", "fit_large", -1),
        ("Fits true to size.", "fit_true", 1),
        ("The sweater is itchy.", "fabric", -1),
        ("The sweater is not itchy at all.", "fabric", 1),
        ("It is way too short for me.", "length", -1),
        ("It wasn't too short on me.", "length", 1),
        ("Not only comfortable but warm.", "comfort", 1),
        ("You can see through it.", "sheerness", -1),
        ("It is not see through.", "sheerness", 1),
        ("Definitely overpriced.", "value", -1),
        ("La robe taille petit.", "fit_small", -1),
        ("Attention, taille un peu grand.", "fit_large", -1),
        ("Ce pull gratte énormément.", "fabric", -1),
        ("Ce pull ne gratte pas, il est très doux.", "fabric", 1),
        ("Ce n'est pas confortable.", "comfort", -1),
        ("Très confortable au quotidien.", "comfort", 1),
        ("Beaucoup trop court pour moi.", "length", -1),
        ("Le chemisier n'est pas du tout transparent.", "sheerness", 1),
        ("Livraison très rapide.", "delivery", 1),
    ],
)
def test_an_aspect_is_heard_with_its_direction(said: str, aspect: str, sign: int) -> None:
    assert polarities(said)[aspect] * sign > 0.3


def test_a_passage_is_the_sentence_that_holds_the_cue() -> None:
    said = "I love it. The fabric is très doux 😍 and soft! Runs small though."
    passages = {a["aspect"]: said[a["start"] : a["end"]] for a in read(said)[0]["aspects"]}
    assert passages["fabric"] == "The fabric is très doux 😍 and soft!"
    assert passages["fit_small"] == "Runs small though"


@pytest.mark.parametrize(
    ("praise", "blame"),
    [
        ("I love this dress, it is beautiful and so comfortable", "Terrible quality, cheap fabric, I returned it"),
        ("Un film magnifique, des acteurs excellents, un vrai plaisir", "Un film nul, ennuyeux, quelle perte de temps"),
    ],
)
def test_praise_and_blame_are_told_apart(praise: str, blame: str) -> None:
    good, bad = read(praise, blame)
    assert good["sentiment"] > 0.4
    assert bad["sentiment"] < -0.3
    assert good["stars"] > 4
    assert bad["stars"] < 2.5


def test_language_falls_back_to_what_was_given() -> None:
    rows = read("", None, "5*", "La robe est jolie", language=["fr", None, "en", "en"])
    assert [r["language"] for r in rows] == ["fr", "und", "en", "fr"]
    assert all(r["aspects"] == [] for r in rows[:3])


def test_the_authors_own_stars_count_when_nothing_is_said() -> None:
    assert read("", "", rating=[1, None])[0]["stars"] == 1
    assert read("", "", rating=[1, None])[1]["stars"] == 3


def test_a_brands_own_cues_replace_the_bundled_ones() -> None:
    cues = pl.DataFrame({"aspect": ["smell"], "language": ["en"], "cues": [["smells", "scent|perfume"]]})
    frame = pl.DataFrame({"id": ["a"], "text": ["The scent is lovely, the fabric too"]})
    assert [a["aspect"] for a in text.read(frame, aspects=cues)["aspects"][0].to_list()] == ["smell"]


def test_errors_name_row_and_column() -> None:
    with pytest.raises(TableError, match="text"):
        text.read(pl.DataFrame({"id": [1]}))
    cues = pl.DataFrame({"aspect": ["a", "b"], "language": ["en", "en"], "cues": [["x"], ["  "]]})
    with pytest.raises(TableError, match="row 1"):
        text.read(pl.DataFrame({"id": [1], "text": ["x"]}), aspects=cues)


@pytest.mark.parametrize(
    "said",
    [
        "x" * 100_000,
        "so soft " * 700_000,
        "😀😀👨‍👩‍👧‍👦",
        "Z̷̢̛a̸l̵g̶o̷ " * 500,
        "<script>alert('x')</script><p>Nice&nbsp;dress</p>",
        "null\x00char\x00 dress",
        " \n\t ",
        "5'4\" 120lbs 34B",
    ],
)
def test_odd_texts_are_read(said: str) -> None:
    (row,) = read(said)
    assert -1 <= row["sentiment"] <= 1
    assert 1 <= row["stars"] <= 5
    assert 0 <= row["toxicity"] <= 1
    assert 0 <= row["spam"] <= 1
    assert all(0 <= a["start"] < a["end"] <= min(len(said), text.MAX_CHARS) for a in row["aspects"])


def test_ids_and_order_come_back_as_given() -> None:
    frame = pl.DataFrame({"id": ["b", "a", "b"], "text": ["one", "two", "three"]})
    assert text.read(frame)["id"].to_list() == ["b", "a", "b"]
    small = pl.DataFrame({"id": pl.Series([2, 1], dtype=pl.UInt16), "text": ["one", "two"]})
    assert text.read(small)["id"].dtype == pl.UInt16
    assert len(text.read(small.head(0))) == 0


@pytest.mark.parametrize("table", ["aspects", "offence", "solicitation", "opinions", "intents", "interest"])
def test_bundled_cues_are_well_formed_and_stay_small(table: str) -> None:
    for cue in bundled(table):
        phrases = list(expand(cue.pattern))
        assert 0 < len(phrases) <= 4000, cue
        assert all(p.strip() and not set("[]()|") & set(p) for p in phrases), cue
        assert cue.language in ("en", "fr"), cue
        assert cue.polarity is None or -1 <= cue.polarity <= 1, cue


@pytest.mark.parametrize(
    "said",
    [
        "You stupid bitch",
        "Kill yourself",
        "I will find you and I will kill you",
        "Va te faire foutre, connard",
        "Espèce de sale arabe",
        "Je vais te tuer",
    ],
)
def test_an_attack_on_a_person_is_toxic(said: str) -> None:
    assert read(said)[0]["toxicity"] > 0.5


@pytest.mark.parametrize(
    "said",
    [
        "This dress is crap, I want my money back",
        "I love the black one, killer heels!",
        "Worst customer service ever, what a joke",
        "Cette robe est nulle, quelle honte ce service client",
        "Le noir est sublime, je tue pour ces chaussures",
        "Service client incompétent, je suis furieuse",
        "😍😍😍",
    ],
)
def test_anger_at_a_shop_is_neither_toxic_nor_spam(said: str) -> None:
    (row,) = read(said)
    assert row["toxicity"] < 0.5
    assert row["spam"] < 0.5


@pytest.mark.parametrize(
    "said",
    [
        "Check out my channel and subscribe!",
        "Earn money from home, contact me on whatsapp",
        "Buy cheap followers at http://spam.example.com click here",
        "Abonnez-vous à ma chaîne, lien en bio",
        "Prêt entre particuliers rapide, contactez-moi sur whatsapp",
    ],
)
def test_solicitation_is_spam(said: str) -> None:
    assert read(said)[0]["spam"] > 0.5


def test_names_cover_every_bundled_aspect() -> None:
    names = text.aspect_names()
    assert {c.aspect for c in bundled()} == set(names["aspect"])
    assert names.drop("kinds").null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize(
    "said",
    [
        "Lovely colour and a nice cut, but the fabric is thin and you can see through it in the sun.",
        "La robe est superbe, mais le tissu gratte et la livraison a été très longue.",
    ],
)
def test_a_quote_never_leans_the_other_way(said: str) -> None:
    """Each passage of a divided sentence, read alone, leans as it was read within it."""
    aspects = read(said)[0]["aspects"]
    assert {a["polarity"] > 0 for a in aspects} == {True, False}
    for aspect in aspects:
        alone = polarities(said[aspect["start"] : aspect["end"]])
        assert alone[aspect["aspect"]] * aspect["polarity"] > 0
        assert len({value > 0 for value in alone.values()}) == 1, "a passage that praises and blames proves nothing"


def test_a_soft_and_light_fabric_is_praised() -> None:
    assert polarities("Le tissu est doux et léger")["fabric"] > 0.5


def test_what_is_hoped_for_is_not_stated() -> None:
    assert polarities("I wanted something soft and cheap") == {}
    assert polarities("J'espère que la matière sera douce") == {}


def test_an_aspect_may_be_named_and_not_judged() -> None:
    assert polarities("What colour is the lining?")["colour"] == 0


@pytest.mark.parametrize(
    ("said", "kind", "aspect", "sign"),
    [
        ("Sent divinement bon, pénètre vite", "beauty", "smell", 1),
        ("Ça pique les yeux", "beauty", "tolerance", -1),
        ("Lasts all day", "beauty", "hold", 1),
        ("Trop bruyant pour un studio", "home", "noise", -1),
        ("Easy to assemble", "home", "ease", 1),
        ("Un goût délicieux", "food", "taste", 1),
    ],
)
def test_every_kind_of_product_has_its_aspects(said: str, kind: str, aspect: str, sign: int) -> None:
    (row,) = read(said, kind=[kind])
    assert {a["aspect"]: a["polarity"] for a in row["aspects"]}[aspect] * sign > 0.3


def test_the_kind_is_guessed_from_the_words() -> None:
    assert "tolerance" in polarities("This cream stings my face and my skin is red")
    assert "tolerance" not in polarities("This dress is red")


def test_the_words_that_say_it_lie_inside_the_passage() -> None:
    for row in read("The fabric is so soft, but it runs small. Belle couleur.", "Pas doux du tout"):
        for a in row["aspects"]:
            assert a["start"] <= a["at"] < a["to"] <= a["end"]


def test_the_same_words_over_and_over_are_for_a_person_to_look_at():
    said = [
        "wonderful skirt " * 60,
        "superbe jupe parfaite " * 40,
        "Great, great, great! I love it, love it.",
        " ".join(f"I wore it on day {n} and the fabric was soft." for n in ("one", "two", "three")),
    ]
    spam = text.read(pl.DataFrame({"id": range(4), "text": said}))["spam"].to_list()
    assert all(0.85 <= each < 0.97 for each in spam[:2])
    assert all(each < 0.4 for each in spam[2:])


def test_a_size_named_small_is_no_small_fit():
    said = ["I ordered a size small and it is lovely.", "5'4\" and size small hem fell at my knee.", "It runs small."]
    found = text.read(pl.DataFrame({"id": range(3), "text": said}))["aspects"].to_list()
    told = [{each["aspect"] for each in one} for one in found]
    assert "fit_small" not in told[0] | told[1]
    assert "fit_small" in told[2]
