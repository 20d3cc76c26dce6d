"""What people state about themselves, and what must not be taken for it."""

import polars as pl
import pytest

from parvis.science import text
from parvis.science.text import attributes


def stated(said: str, language: str = "en", kind: str = "any") -> dict[str, str]:
    return {each.attribute: each.value for each in attributes.find(said, language, kind=kind)}


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("I'm 5'4\" and 120 lbs", "en", {"height_cm": "163", "weight_kg": "54"}),
        ("I'm 5'1, 108 and got a 2P", "en", {"height_cm": "155", "weight_kg": "49", "size_worn": "2P"}),
        ("I am 5 ft 10 in, 145 pounds", "en", {"height_cm": "178", "weight_kg": "66"}),
        ("I normally wear an XS and I ordered a medium", "en", {"usual_size": "XS", "size_worn": "M"}),
        ("I bought it at size 6, my normal size 10", "en", {"size_worn": "6", "usual_size": "10"}),
        ("I'm a mom in my mid-40's", "en", {"age_band": "40-49"}),
        ("My skin is very dry and after 3 weeks of use I see no change", "en", {"skin_type": "dry", "used_days": "21"}),
        ("I have fine hair", "en", {"hair_type": "fine"}),
        ("Bought it for my cousin's wedding", "en", {"use": "wedding"}),
        ("Je mesure 1m68 pour 58 kg", "fr", {"height_cm": "168", "weight_kg": "58"}),
        ("Du haut de mon 1,62 m, c'est long", "fr", {"height_cm": "162"}),
        ("J'ai pris du 38, je fais du 40 d'habitude", "fr", {"size_worn": "38", "usual_size": "40"}),
        ("Je fais normalement du S, j'ai commandé un M", "fr", {"usual_size": "S", "size_worn": "M"}),
        ("J'ai 45 ans et la peau mixte", "fr", {"age_band": "40-49", "skin_type": "combination"}),
        ("La quarantaine, peau sèche", "fr", {"age_band": "40-49", "skin_type": "dry"}),
        ("Utilisée depuis trois mois", "fr", {"used_days": "90"}),
        ("Ça fait un an que je l'ai", "fr", {"used_days": "365"}),
        ("Parfaite au bureau", "fr", {"use": "work"}),
    ],
)
def test_what_is_stated_is_found(said: str, language: str, expected: dict[str, str]) -> None:
    found = stated(said, language)
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("My daughter is 5'2\" and weighs 110 lbs", "en"),
        ("The model is 5'9\" and wears a small", "en"),
        ("Ma fille mesure 1m50", "fr"),
        ("I bought 2 dresses and paid $120", "en"),
        ("J'ai acheté 2 exemplaires à 40 euros", "fr"),
        ("Livraison reçue après 3 semaines", "fr"),
        ("It arrived after 5 days", "en"),
        ("Cadeau pour ma mère de 70 ans", "fr"),
        ("Garantie à vie depuis 40 ans d'existence de la marque", "fr"),
        ("Great for people with dry skin", "en"),
    ],
)
def test_what_is_said_of_others_or_of_things_is_left_out(said: str, language: str) -> None:
    found = stated(said, language)
    assert not {"height_cm", "weight_kg", "size_worn", "usual_size", "age_band", "skin_type"} & set(found)
    assert "used_days" not in found or "depuis" in said


def test_bodies_are_not_looked_for_where_nobody_speaks_of_them() -> None:
    assert stated("This table is 5'4\" long", kind="home") == {}


def test_passages_lie_where_they_are_said() -> None:
    said = "😍 I'm 5'4\" and my skin is dry."
    passages = {each.attribute: said[each.start : each.end] for each in attributes.find(said, "en")}
    assert passages == {"height_cm": "5'4\"", "skin_type": "my skin is dry"}


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("Does it have pockets?", "question"),
        ("Est-ce qu'elle taille grand", "question"),
        ("Fell apart after one wash, I want a refund", "complaint"),
        ("Très déçue, je l'ai renvoyée", "complaint"),
        ("Love it, highly recommend!", "praise"),
        ("J'adore, je recommande vivement", "praise"),
        ("I will definitely buy another one in blue", "purchase"),
        ("Quand sera-t-elle de nouveau en stock ? Je voudrais l'acheter", "purchase"),
    ],
)
def test_intents_are_heard(said: str, intent: str) -> None:
    (row,) = text.read(pl.DataFrame({"id": [1], "text": [said]})).to_dicts()
    assert intent in [each["intent"] for each in row["intents"]]


def test_praise_is_no_complaint_and_the_other_way_round() -> None:
    good, bad, plain = text.read(
        pl.DataFrame({"id": [1, 2, 3], "text": ["I love it, perfect", "Awful, I want my money back", "It has a zip."]})
    )["intents"].to_list()
    assert [each["intent"] for each in good] == ["praise"]
    assert [each["intent"] for each in bad] == ["complaint"]
    assert plain == []


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("I received this product for free in exchange for my honest review", "free_product"),
        ("Produit offert par la marque, je l'aime beaucoup", "free_product"),
        ("As the founder of this brand I love it", "employee"),
        ("Utilisez mon code promo MARIE10 sur leur site", "paid"),
        ("C'est la marque de mon amie, foncez", "relation"),
    ],
)
def test_an_interest_is_probable_and_its_words_are_named(said: str, ground: str) -> None:
    (row,) = text.read(pl.DataFrame({"id": [1], "text": [said]})).to_dicts()
    assert row["interest"] > 0.5
    assert ground in [each["ground"] for each in row["grounds"]]
    assert all(0 <= each["start"] < each["end"] <= len(said) for each in row["grounds"])


@pytest.mark.parametrize(
    "said",
    [
        "It was a gift from my mom",
        "Not sponsored, I just love it",
        "I work for a bank and wear it daily",
        "Offert à ma mère",
    ],
)
def test_a_customer_has_no_interest(said: str) -> None:
    assert text.read(pl.DataFrame({"id": [1], "text": [said]}))["interest"][0] < 0.5


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("write to emma@mail.example", "email"),
        ("marie point dupont arobase gmail point com", "email"),
        ("appelez le 06 12 34 56 78", "phone"),
        ("call 020 7946 0958", "phone"),
        ("J'habite 12 rue de la Paix, 75002 Paris", "address"),
        ("I live at 221b Baker Street, London NW1 6XE", "address"),
        ("IBAN FR14 2004 1010 0505 0001 3M02 606", "iban"),
        ("carte 4242 4242 4242 4242", "card"),
    ],
)
def test_personal_data_is_found(said: str, kind: str) -> None:
    found = text.read(pl.DataFrame({"id": [1], "text": [said]}))["personal"][0].to_list()
    assert [each["kind"] for each in found] == [kind]


@pytest.mark.parametrize(
    "said",
    [
        "I took 2 off the street price",
        "a 10 minute drive",
        "j'ai pris 2 places de parking",
        "size 8, 34 24 36, 5'4\" and 129.99 on 12/03/2024",
        "It took 3 days all the way",
        "ref 3760001234567",
        "5 stars, way to go",
    ],
)
def test_plain_numbers_are_no_personal_data(said: str) -> None:
    assert text.read(pl.DataFrame({"id": [1], "text": [said]}))["personal"][0].to_list() == []
