"""The bundled encoder, centred: a question meets the passage that means the same in the other language."""

import numpy as np
import pytest

from parvis.science.retrieval.encoder import WIDTH, Encoder, available

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not available(), reason="the encoder has no wheel here")]
PASSAGES = [
    "The straps dig into my shoulders after an hour.",
    "Le tissu est si fin qu'on voit tout à travers.",
    "The parcel arrived two weeks late and nobody answered.",
    "La couleur est bien plus foncée que sur la photo.",
    "I machine washed it three times and it still looks new.",
]
LANGUAGES = ["en", "fr", "en", "fr", "en"]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.mark.parametrize(
    ("question", "language", "right"),
    [
        ("Is the fabric see-through?", "en", 1),
        ("Does the colour match the picture?", "en", 3),
        ("Combien de temps met la livraison ?", "fr", 2),
        ("Comment résiste-t-il au lavage ?", "fr", 4),
    ],
)
def test_languages_meet(encoder: Encoder, question: str, language: str, right: int) -> None:
    passages = encoder.passages(PASSAGES, LANGUAGES)
    assert int(np.argmax(passages @ encoder.questions([question], [language])[0])) == right


def test_vectors_are_of_unit_length_for_any_text(encoder: Encoder) -> None:
    texts = ["", "\0", "😀", "x" * 30_000, "Een jurk", "a\0b"]
    vectors = encoder.passages(texts, ["und", "fr", "en", None, "nl", "xx"])
    assert vectors.shape == (len(texts), WIDTH)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    assert encoder.passages([], []).shape == (0, WIDTH)
