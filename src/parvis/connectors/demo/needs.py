"""What shoppers ask before they buy, in words of their own, and which reviews could answer it."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.connectors.demo import dataset
from parvis.connectors.demo.assortment import pieces


@dataclass(frozen=True, slots=True)
class Need:
    """A need: its share of all asks, questions in English and French (in the same order), words of reviews that
    speak of it, and words of reviews that answer each of the questions."""

    key: str
    share: float
    en: tuple[str, ...]
    fr: tuple[str, ...]
    cues: str
    answers: tuple[str, ...]


NEEDS = (
    Need(
        "fit",
        0.34,
        ("Does it run small or large?", "Is it flattering on a curvy figure?", "Is it long enough for someone tall?"),
        (
            "Est-ce que ça taille petit ou grand ?",
            "Est-ce flatteur avec des formes ?",
            "Est-ce assez long si on est grande ?",
        ),
        r"run(?:s|ning)? (?:small|large|big)|true to size|flatter|too (?:short|long|tight|loose)|\bfits?\b",
        (
            r"runs? (?:very |a bit |a little )?(?:small|large|big)|true to size",
            r"\bcurv",
            r"\btall\b|\b5'(?:9|10|11)",
        ),
    ),
    Need(
        "size",
        0.24,
        (
            "I am between two sizes, which one should I take?",
            "Should petites size down?",
            "What size for 5'4\" and 130 pounds?",
        ),
        (
            "Je suis entre deux tailles, laquelle prendre ?",
            "Faut-il prendre une taille en dessous ?",
            "Quelle taille pour 1,62 m et 58 kg ?",
        ),
        r"siz(?:e|ed|ing) (?:up|down)|usual(?:ly)? (?:a |size|wear)|i(?:'m| am) \d ?['’]|\bpetite\b|between sizes",
        (
            r"between (?:two )?sizes|siz(?:e|ed|ing) (?:up|down)",
            r"\bpetite",
            r"\b5'4|130 ?(?:lb|pound)",
        ),
    ),
    Need(
        "fabric",
        0.19,
        ("Is the fabric see-through?", "Does it itch?", "Is it too warm for summer?", "How does it wash?"),
        (
            "Est-ce que le tissu est transparent ?",
            "Est-ce que ça gratte ?",
            "Est-ce trop chaud pour l’été ?",
            "Comment se lave-t-il ?",
        ),
        r"see[- ]through|sheer|itch|scratch|soft|\bthin\b|\bthick\b|fabric|material|\bwash",
        (
            r"see[- ]through|\bsheer",
            r"\bitch|scratch",
            r"\bsummer|warm weather|hot day",
            r"\bwash",
        ),
    ),
    Need(
        "colour",
        0.10,
        ("Is the colour like on the picture?", "Does the colour fade?"),
        ("La couleur est-elle comme sur la photo ?", "Est-ce que la couleur passe au lavage ?"),
        r"colou?rs?\b|in person|\bpictured?\b|photo|fade",
        (
            r"in person|\bpictured?\b|photo|online",
            r"\bfade|\bwash",
        ),
    ),
    Need(
        "occasion",
        0.13,
        ("Can I wear it to the office?", "Is it dressy enough for a wedding?", "Does it work for travelling?"),
        ("Peut-on le porter au bureau ?", "Est-ce assez habillé pour un mariage ?", "Est-ce pratique en voyage ?"),
        r"\bwork\b|office|wedding|casual|dress(?:ed|y)? (?:it )?up|dressy|travel|vacation|\bdate\b|party",
        (
            r"\bto work\b|for work|office",
            r"wedding|dressy",
            r"travel|vacation|\btrip\b",
        ),
    ),
)


@cache
def answerable() -> NDArray[np.bool_]:
    """Pieces by needs: whether the piece has a real review that speaks of the need."""
    rows = dataset.reviews().select("clothing_id", pl.col("review_text").fill_null("").str.to_lowercase())
    place = {piece.number: index for index, piece in enumerate(pieces())}
    known = np.zeros((len(place), len(NEEDS)), dtype=np.bool_)
    for column, need in enumerate(NEEDS):
        cue = re.compile(need.cues)
        for number, text in rows.iter_rows():
            if not known[place[number], column] and cue.search(text):
                known[place[number], column] = True
    return known
