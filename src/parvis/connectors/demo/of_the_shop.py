"""Reviews of the shop itself, French and English, agreeing and dissenting: every text was written by the project and is
labelled so. They are moderated like any other voice, and no order stands behind them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from parvis.connectors.demo import dataset
from parvis.connectors.demo.cast import WRITTEN
from parvis.connectors.demo.moments import SIMULATED
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind

FILE = dataset.FILE.parent / "shop" / "reviews.jsonl"


def speak(*, at: datetime) -> int:
    """Tell the reviews; how many there are. What was told before is not told again."""
    rows = list(_reviews(at))
    voices.receive_many(rows, at=at, strict=True)
    return len(rows)


def _reviews(at: datetime) -> Iterator[NewVoice]:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield NewVoice(
            kind=VoiceKind.COMMENT,
            title=row["title"],
            text=row["text"],
            stars=row["stars"],
            author_name=row["name"],
            language=row["language"],
            submitted_at=at - timedelta(days=row["days"]),
            origin=Origin.DEMO,
            origin_ref=f"shop:{row['ref']}",
            provenance={
                "text": WRITTEN,
                "title": WRITTEN,
                "stars": WRITTEN,
                "author_name": WRITTEN,
                "submitted_at": SIMULATED,
            },
        )
