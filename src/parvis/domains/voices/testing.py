"""Fixed voices in French and English, for tests of every domain: praise, complaint, and all that gets held."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import NewVoice, Origin, VideoState, Voice, VoiceKind

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def _review(key: str, stars: int, title: str, text: str, author: str, language: str, days_ago: int) -> NewVoice:
    return NewVoice(
        kind=VoiceKind.REVIEW,
        title=title,
        text=text,
        stars=stars,
        author_name=author,
        language=language,
        submitted_at=AT - timedelta(days=days_ago),
        origin=Origin.DEMO,
        origin_ref=f"cast:{key}",
    )


_ROWS = (
    _review(
        "praise_en",
        5,
        "My favourite dress",
        "The fabric is soft and light, and it has real pockets. It fits true to size and I wear it every week.",
        "Emma F.",
        "en",
        9,
    ),
    _review(
        "praise_fr",
        5,
        "Une merveille",
        "Le tissu est doux et léger, la coupe est parfaite. Taille normalement, je la porte toutes les semaines.",
        "Claire D.",
        "fr",
        8,
    ),
    _review(
        "complaint_en",
        1,
        "Disappointed",
        "It runs small and the seam came apart after the first wash. The colour is dull, I sent it back.",
        "Henry W.",
        "en",
        7,
    ),
    _review(
        "complaint_fr",
        2,
        "Déçue par la qualité",
        "Elle taille petit et le tissu gratte. La couture a lâché au premier lavage, je l'ai renvoyée.",
        "Sofiane B.",
        "fr",
        6,
    ),
    _review(
        "mixed_en",
        3,
        "Pretty but thin",
        "Lovely colour and a nice cut, but the fabric is thin and you can see through it in the sun.",
        "Grace O.",
        "en",
        5,
    ),
    _review("stars_only", 4, "", "", "Priya N.", "", 4),
    # what has to wait for a person
    _review(
        "personal_data",
        4,
        "Nice",
        "Great dress, true to size. Write to me at emma.fletcher@mail.example or call 06 12 34 56 78 for pictures.",
        "Emma F.",
        "en",
        3,
    ),
    _review(
        "link",
        5,
        "Wow",
        "Beautiful dress, I found the same one for less at www.cheap-dresses.example.com/offer last week.",
        "Lou",
        "en",
        3,
    ),
    _review("too_short", 5, "", "ok", "Max", "en", 2),
    _review(
        "foreign",
        5,
        "Wunderschön",
        "Das Kleid ist wirklich wunderschön und der Stoff fühlt sich sehr angenehm auf der Haut an.",
        "Anke",
        "de",
        2,
    ),
    _review(
        "zalgo",
        3,
        "",
        "th\u0300\u0301\u0302\u0303\u0304\u0305e dress is n\u0300\u0301\u0302\u0303\u0304ice",
        "Zed",
        "en",
        1,
    ),
)
CAST: Mapping[str, NewVoice] = {row.origin_ref.removeprefix("cast:"): row for row in _ROWS}
"""By key: praise_en, praise_fr, complaint_en, complaint_fr, mixed_en, stars_only (these get published), personal_data,
link, too_short, foreign, zalgo (these are held)."""


@dataclass(frozen=True)
class Spoken:
    """The cast's voices by key, and a question with an answer of the brand."""

    voices: Mapping[str, Voice]
    question_id: int
    answer_id: int


def receive_cast(product_id: int, *, at: datetime = AT) -> dict[str, int]:
    """Receive the cast about one product (repeatable); voice ids by key. Nothing is examined."""
    for row in _ROWS:
        actions.receive(replace(row, product_id=product_id), at=at)
    return {key: queries.voice_by_origin(Origin.DEMO, row.origin_ref).id for key, row in CAST.items()}


def small_square(product_id: int, *, at: datetime = AT) -> Spoken:
    """The cast received and examined, with one published question and its answer."""
    ids = receive_cast(product_id, at=at)
    question = actions.receive(
        NewVoice(
            kind=VoiceKind.QUESTION,
            product_id=product_id,
            text="Does it have pockets on both sides?",
            author_name="Lucie F.",
            language="en",
            origin=Origin.DEMO,
            origin_ref="cast:question",
        ),
        at=at,
    )
    answer = actions.receive(
        NewVoice(
            kind=VoiceKind.ANSWER,
            parent_id=question.id,
            text="Yes, there is one pocket on each side, hidden in the seam.",
            author_name="Atelier",
            language="en",
            origin=Origin.DEMO,
            origin_ref="cast:answer",
        ),
        at=at,
    )
    actions.examine([*ids.values(), question.id, answer.id], at=at)
    found = queries.voices(ids.values())
    return Spoken(
        voices={key: found[voice_id] for key, voice_id in ids.items()}, question_id=question.id, answer_id=answer.id
    )


def prepared_video(voice_id: int, *, captions: str, captions_language: str, at: datetime = AT) -> None:
    """A video of a voice as its preparation leaves it, without its pictures; ``captions`` is a file under the media
    folder. It still has to be looked at by a person."""
    models.Video.objects.create(
        voice_id=voice_id, state=VideoState.READY, path="film.mp4", poster="film.webp", thumb="film-small.webp",
        captions=captions, captions_language=captions_language, seconds=15.0, width=540, height=960, received_at=at,
        ready_at=at,
    )  # fmt: skip
