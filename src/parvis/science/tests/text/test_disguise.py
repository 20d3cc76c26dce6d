"""Insults are heard under their disguises; sizes, prices and other scripts keep their form."""

import polars as pl
import pytest

from parvis.science import text
from parvis.science.text.disguise import plain


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("espèce de c0nn4rd", "espèce de connard"),
        ("c o n n a r d", "connard"),
        ("c.o.n.n.a.r.d !", "connard !"),
        ("p*te", "pute"),
        ("f**k you", "fuck you"),
        ("$alope", "salope"),
        ("ѕаlоре", "salope"),
        ("connaaaaard", "connard"),
        ("c̷o̷n̷n̷a̷r̷d̷", "connard"),
    ],
)
def test_disguises_are_undone(said: str, heard: str) -> None:
    assert plain(said) == heard


@pytest.mark.parametrize(
    "said",
    [
        "size 5XL, 34B, 5'4\" and 120lbs",
        "payé 49€ au lieu de 59,90€",
        "1ère commande, 2ème avis, le 12/03/2026",
        "@user merci, écrivez à contact@example.com",
        "Очень хорошее платье",
        "c'est top !!! 10/10",
        "",
        "😍😍😍",
    ],
)
def test_what_is_no_disguise_is_left_alone(said: str) -> None:
    assert plain(said) is said


@pytest.mark.parametrize(
    "said",
    [
        "espèce de c0nn4rd",
        "c o n n a s s e",
        "sale p*te",
        "ѕаlоре",
        "c̷o̷n̷n̷a̷r̷d̷",
        "🅂🄰🄻🄾🄿🄴",
        "𝒄𝒐𝒏𝒏𝒂𝒓𝒅",
        "b1tch you are sh1t",
    ],
)
def test_a_disguised_insult_is_toxic(said: str) -> None:
    assert text.read(pl.DataFrame({"id": [1], "text": [said]}))["toxicity"][0] > 0.5


@pytest.mark.parametrize("said", ["a" * 100_000, "a*" * 50_000, "x " * 50_000, "0a" * 50_000, "а" * 100_000])
def test_long_odd_texts_take_no_time(said: str) -> None:
    row = text.read(pl.DataFrame({"id": [1], "text": [said]})).row(0, named=True)
    assert 0 <= row["toxicity"] <= 1
