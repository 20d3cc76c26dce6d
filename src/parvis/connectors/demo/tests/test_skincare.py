"""The skincare range of the demo: complete, read with the aspects of skincare, and honest about itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from parvis.connectors.demo import skincare
from parvis.connectors.demo.skincare import written
from parvis.domains.people import testing as people
from parvis.domains.voices import actions as voices

pytestmark = [pytest.mark.database, pytest.mark.django_db]

AT = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def shop(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The range alone, with everything that listens; made once for this module and rolled back after it."""
    media = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        camille = people.staff("camille", at=AT)
        assert skincare.stock_up(team=camille.account_id, at=AT)
        voices.examine_pending(at=AT)
        yield
        transaction.set_rollback(True)
    settings.MEDIA_ROOT = media


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_dump() -> None:
    for row in ask("SELECT origin_ref, state, reason, stars, title FROM voices_voice WHERE state <> 'published'"):
        print(row)
    print(ask("SELECT state, count(*) FROM voices_voice GROUP BY 1"))
    import json
    for ref, text, aspects, attrs, interest in ask("SELECT v.origin_ref, v.text, r.aspects, r.attributes, r.interest FROM voices_voice v JOIN voices_reading r ON r.voice_id=v.id ORDER BY v.id"):
        print(ref, [(a['aspect'], round(a['polarity'],1), text[a['at']:a['to']]) for a in (json.loads(aspects) if isinstance(aspects,str) else aspects)], [(a['attribute'],a['value']) for a in (json.loads(attrs) if isinstance(attrs,str) else attrs)], interest)
