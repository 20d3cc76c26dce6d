"""A chance taught by one's own questions."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from parvis.core.tables import TableError
from parvis.science.retrieval import BadTable, OwnChance, teach

ASKED = ("Does it fit a {}?", "Who made the {}?")


def examples(count: int = 60, seed: int = 1) -> pl.DataFrame:
    """Questions about fit are answered, others are not; a high score helps a little."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, count)
    things = rng.choice(["phone", "book", "lamp", "chair"], count)
    score = np.clip(0.5 + 0.1 * (kind == 0) + rng.normal(0, 0.1, count), 0, 1)
    return pl.DataFrame(
        {
            "text": [ASKED[at].format(thing) for at, thing in zip(kind, things, strict=True)],
            "answers": kind == 0,
            "score": score,
            "answerable": np.clip(score, 0.0, 1.0),
        }
    )


@pytest.fixture(scope="module")
def taught() -> OwnChance:
    return teach(examples(), signals=("score", "answerable"))


def test_it_knows_unseen_questions_of_the_kinds_it_was_taught(taught: OwnChance) -> None:
    unseen = examples(40, seed=2)
    chances = taught.of(unseen)
    assert ((chances > 0.5) == unseen["answers"].to_numpy()).mean() > 0.95
    assert ((chances >= 0) & (chances <= 1)).all()


def test_the_order_of_rows_changes_nothing_and_teaching_twice_gives_the_same(taught: OwnChance) -> None:
    rows = examples(30, seed=3)
    assert np.allclose(taught.of(rows)[::-1], taught.of(rows[::-1]))
    again = teach(examples(), signals=("score", "answerable"))
    assert np.allclose(again.of(rows), taught.of(rows))


@pytest.mark.parametrize("text", ["", "¿?", "x" * 50_000, "\x00 <script>", "Größe 🙂", None])
def test_any_text_gets_a_chance(taught: OwnChance, text: str | None) -> None:
    row = pl.DataFrame({"text": [text], "score": [None], "answerable": [0.0]}, schema_overrides={"text": pl.String})
    (chance,) = taught.of(row)
    assert 0.0 <= chance <= 1.0


def test_a_signal_alone_is_enough() -> None:
    rows = examples().with_columns(text=pl.lit(""))
    chances = teach(rows, signals=("score",)).of(rows)
    assert np.corrcoef(chances, rows["score"].to_numpy())[0, 1] > 0.9


def test_too_few_or_one_sided_examples_are_refused() -> None:
    with pytest.raises(BadTable, match="examples are not answered"):
        teach(examples().filter("answers"), signals=("score",))
    with pytest.raises(BadTable, match="examples are answered"):
        teach(examples(12), signals=("score",))


def test_a_missing_column_is_named(taught: OwnChance) -> None:
    with pytest.raises(TableError, match="answerable"):
        taught.of(examples().drop("answerable"))
    with pytest.raises(TableError, match="answers"):
        teach(examples().drop("answers"), signals=("score",))
