"""The answer engine on the table."""

import polars as pl
import pytest

from parvis.science.visibility import engine

OURS = (
    "Linen dress.\nCustomers say that the dress runs small: nine of twelve took a size up.\n"
    "The linen is soft and does not itch, several customers wrote after the first wash.\n"
    "It is lined down to the knee, so nothing shows in the sun."
)
BARE = "Linen dress.\nA dress of linen for every day of the summer."
RIVAL = (
    "Wool coat.\nThe wool coat is warm enough for winter walks at minus five degrees.\n"
    "Our coats are cut in Portugal and sent within two days."
)
ASKED = (
    "Does the linen dress run small?",
    "Does the linen itch?",
    "Is the linen dress see-through in the sun?",
    "Is the wool coat warm enough for winter?",
)


def pages(ours: str) -> pl.DataFrame:
    return pl.DataFrame({"page": ["dress", "coat"], "owner": ["we", "they"], "text": [ours, RIVAL]})


def asked(*texts: str) -> pl.DataFrame:
    return pl.DataFrame({"id": range(len(texts)), "text": list(texts)})


def test_who_answers_is_quoted() -> None:
    found = engine.simulate(pages(OURS), asked(*ASKED), ours="we", seed=1)
    rows = found.by_question.to_dicts()
    assert rows[0]["best"] == "dress"
    assert rows[0]["first"] == rows[0]["retrieved"] == 1.0
    assert rows[3]["best"] == "coat"
    assert rows[3]["first"] == 0.0
    assert 0 < found.figures["quoted"].value < 1
    assert found.figures["first"].low <= found.figures["first"].value <= found.figures["first"].high
    assert found.owners["quoted"].sum() <= 1.0 + 1e-9


def test_the_same_seed_gives_the_same_intervals() -> None:
    one = engine.simulate(pages(OURS), asked(*ASKED), ours="we", seed=4)
    two = engine.simulate(pages(OURS), asked(*ASKED), ours="we", seed=4)
    assert one.figures == two.figures


def test_no_change_is_no_difference_and_few_questions_decide_nothing() -> None:
    before = engine.simulate(pages(BARE), asked(*ASKED), ours="we", seed=1)
    same = engine.compare(before, before, seed=1)
    assert {each.decision for each in same.values()} == {"keep_testing"}
    assert all(each.value == 0 for each in same.values())
    after = engine.simulate(pages(OURS), asked(*ASKED), ours="we", seed=1)
    moved = engine.compare(before, after, seed=1)
    assert moved["quoted"].value >= 0
    many = asked(*ASKED[:3] * 12)
    sure = engine.compare(
        engine.simulate(pages(BARE), many, ours="we", seed=1),
        engine.simulate(pages(OURS), many, ours="we", seed=1),
        seed=1,
    )
    assert sure["quoted"].decision in ("better", "keep_testing")
    assert sure["quoted"].value > 0 or sure["retrieved"].value > 0


def test_bad_tables_are_named() -> None:
    with pytest.raises(engine.BadPages, match="owner"):
        engine.simulate(pl.DataFrame({"page": ["a"], "text": ["b"]}), asked("c"), ours="we", seed=1)
    with pytest.raises(engine.BadPages, match="no questions"):
        engine.simulate(pages(OURS), asked().cast({"text": pl.Utf8}), ours="we", seed=1)
    with pytest.raises(engine.BadPages, match="no words"):
        engine.simulate(pages("").with_columns(text=pl.lit(" \n ")), asked("c"), ours="we", seed=1)
    one, two = (engine.simulate(pages(OURS), asked(*ASKED[:n]), ours="we", seed=1) for n in (1, 2))
    with pytest.raises(engine.BadPages, match="same questions"):
        engine.compare(one, two, seed=1)
