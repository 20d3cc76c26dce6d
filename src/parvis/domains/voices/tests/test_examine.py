import pytest

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.voices import queries, testing
from parvis.domains.voices.contracts import Reason, VoiceState

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_the_cast_is_read_and_decided():
    dress = small_catalogue().products["linen-dress"]
    spoken = testing.small_square(dress)
    states = {key: (voice.state.value, voice.reason) for key, voice in spoken.voices.items()}
    for key in ("praise_en", "praise_fr", "complaint_en", "complaint_fr", "mixed_en", "stars_only"):
        assert states[key] == ("published", Reason.SOUND), key
    assert states["personal_data"] == ("held", Reason.PERSONAL_DATA)
    assert states["link"] == ("held", Reason.LINKS)
    assert states["too_short"] == ("held", Reason.TOO_SHORT)
    assert states["foreign"] == ("held", Reason.LANGUAGE)
    assert states["zalgo"] == ("held", Reason.UNREADABLE)
    threads = queries.questions_for(dress)
    assert [thread.question.id for thread in threads] == [spoken.question_id]
    assert [answer.id for answer in threads[0].answers] == [spoken.answer_id]
    assert spoken.voices["praise_fr"].state is VoiceState.PUBLISHED
