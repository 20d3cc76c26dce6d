"""The banded distance is Levenshtein's, however pairs are put together."""

import numpy as np

from parvis.science.text.edits import BAND, Runs, changed


def runs(texts: list[str]) -> Runs:
    codes = np.array([ord(c) for text in texts for c in text], dtype=np.int32)
    return Runs(codes, np.concatenate(([0], np.cumsum([len(text) for text in texts]))))


def plain(one: str, two: str) -> int:
    """Levenshtein's distance, cell by cell."""
    line = list(range(len(two) + 1))
    for row, letter in enumerate(one, start=1):
        before, line[0] = line[0], row
        for column, other in enumerate(two, start=1):
            before, line[column] = line[column], min(line[column] + 1, line[column - 1] + 1, before + (letter != other))
    return line[-1]


def test_changes_are_counted_as_the_plain_way_counts_them() -> None:
    rng = np.random.default_rng(1)
    texts = ["".join(rng.choice(list("abcd"), rng.integers(1, 70))) for _ in range(60)]
    texts += [text[: len(text) // 2] + "x" + text[len(text) // 2 :] for text in texts]
    held = runs(texts)
    first, second = np.repeat(np.arange(120), 120), np.tile(np.arange(120), 120)
    found = changed(held, first, second, 1.0)
    for a, b, share in zip(first, second, found, strict=True):
        if (a + b) % 7 == 0 and abs(len(texts[a]) - len(texts[b])) <= BAND:
            assert share == plain(texts[a], texts[b]) / max(len(texts[a]), len(texts[b])), (texts[a], texts[b])


def test_pairs_that_leave_early_or_lie_out_of_the_band_are_wholly_changed() -> None:
    rng = np.random.default_rng(2)
    letters = list("abcdefghijklmnopqrstuvwxyz")
    one, two = "".join(rng.choice(letters, 300)), "".join(rng.choice(letters, 300))
    held = runs([one, two, one + "z" * 50, "", one[:150] + "y" + one[151:]])
    found = changed(held, np.array([0, 0, 0, 0]), np.array([1, 2, 3, 4]), 0.45)
    assert found.tolist() == [1.0, 1.0, 1.0, 1 / 300]
