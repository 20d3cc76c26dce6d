import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from PIL import Image

from parvis.core.errors import ParvisError
from parvis.domains.people import queries as people_queries
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import Purpose
from parvis.domains.voices import actions, models, queries, rules, testing, web
from parvis.domains.voices.actions import files
from parvis.domains.voices.contracts import (
    AuthorRole,
    NewVoice,
    Outcome,
    Reason,
    RejectedRow,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.web import refusals

pytestmark = [pytest.mark.database, pytest.mark.django_db]

GOOD = {
    "stars": "4",
    "title": "Light",
    "text": "Soft, light and pretty.",
    "author_name": "Emma",
    "email": "emma@mail.example",
    "consent": "on",
    "key": "abc",
}


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(width: int = 60) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (width, 40), "red").save(out, "JPEG")
    return SimpleUploadedFile("p.jpg", out.getvalue(), "image/jpeg")


def submit(form, product_id, at, caller="1.2.3.4"):
    return form.submit(product_id=product_id, caller=caller, locale="en", at=at)


def test_a_review_from_the_form(dress, at):
    form = web.ReviewForm(
        {**GOOD, "fit_felt": "-1", "height_cm": "172", "experienced_on": "2026-01-05", "incentive": "gift"},
        MultiValueDict({"photos": [photo(), photo()]}),
        sizes=("S", "M"),
    )
    voice = submit(form, dress, at)
    assert form.errors == {}
    assert (voice.stars, voice.title, voice.fit_felt, voice.height_cm, voice.incentive) == (4, "Light", -1, 172, "gift")
    assert len(voice.media) == 2
    assert not voice.verified
    emma = people_queries.customer_by_email("emma@mail.example")
    assert voice.customer_id == emma.id
    assert people_queries.consent(purpose=Purpose.PUBLICATION, customer_id=emma.id)
    again = web.ReviewForm(GOOD)
    assert submit(again, dress, at).id == voice.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stars": ""}, "stars"),
        ({"stars": "6"}, "stars"),
        ({"text": ""}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "bell \x07"}, "text"),
        ({"text": "x" * 100_000}, "text"),
        ({"author_name": ""}, "author_name"),
        ({"email": "nobody"}, "email"),
        ({"consent": ""}, "consent"),
        ({"website": "http://spam.example"}, "website"),
        ({"experienced_on": "1900-01-01"}, "experienced_on"),
        ({"experienced_on": "2031-01-01"}, "experienced_on"),
        ({"height_cm": "3"}, "height_cm"),
        ({"fit_felt": "7"}, "fit_felt"),
        ({"incentive": "bribe"}, "incentive"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_what_is_wrong_is_said_at_its_field(dress, at, change, field, locale):
    with translation.override(locale):
        form = web.ReviewForm({**GOOD, **change})
        assert submit(form, dress, at) is None
        assert list(form.errors) == [field]
        assert "%(" not in str(form.errors)
    assert not models.Voice.objects.exists()


@pytest.mark.parametrize(
    "uploads",
    [[SimpleUploadedFile("x.jpg", b"nothing")], [photo()] * 6, [SimpleUploadedFile("x.jpg", b"0" * 9_000_000)]],
)
def test_what_is_wrong_with_photos_is_said(dress, at, uploads):
    form = web.ReviewForm(GOOD, MultiValueDict({"photos": uploads}))
    assert submit(form, dress, at) is None
    assert list(form.errors) == ["photos"]
    assert people_queries.customer_by_email("emma@mail.example") is None


def test_too_many_voices_of_one_caller_have_to_wait(dress, at):
    for number in range(8):
        other = {**GOOD, "key": str(number), "email": f"author{number}@mail.example"}
        assert submit(web.ReviewForm(other), dress, at) is not None
    form = web.ReviewForm({**GOOD, "key": "more"})
    assert submit(form, dress, at) is None
    assert "60" in str(form.non_field_errors())
    assert submit(web.ReviewForm({**GOOD, "key": "more"}), dress, at, caller="5.6.7.8") is not None


def test_who_is_signed_in_types_no_address(dress, at):
    grace = people.customer("grace", at=at)
    form = web.ReviewForm({key: GOOD[key] for key in GOOD if key != "email"}, customer_id=grace.id)
    assert "email" not in form.fields
    assert submit(form, dress, at).customer_id == grace.id


def test_questions_and_answers(dress, at):
    asked = {key: GOOD[key] for key in ("text", "author_name", "email", "consent", "key")}
    question = submit(web.QuestionForm({**asked, "text": "Does it have pockets?"}), dress, at)
    assert (question.kind, question.stars) == (VoiceKind.QUESTION, None)
    answer = web.AnswerForm({**asked, "text": "Yes, there are two of them, one on each side.", "key": "k2"}).submit(
        question=question, caller="1.2.3.4", locale="en", at=at
    )
    assert (answer.parent_id, answer.product_id, answer.author_role) == (question.id, dress, AuthorRole.SHOPPER)
    official = web.AnswerForm(
        {"text": "Two pockets, hidden in the seams of the skirt.", "author_name": "Atelier", "key": "k3"}, by_brand=True
    ).submit(question=question, caller="1.2.3.4", locale="en", at=at)
    assert (official.author_role, official.customer_id) == (AuthorRole.BRAND, None)
    actions.examine([question.id, answer.id, official.id], at=at)
    (thread,) = queries.questions_for(dress, locale="en")
    assert [row.id for row in thread.answers] == [official.id, answer.id]


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_fragments_can_be_drawn(dress, at, locale):
    with translation.override(locale):
        form = web.ReviewForm({"text": '<b>"x"'}, sizes=("S", "M"))
        assert not form.is_valid()
        page = render_to_string("voices/review_form.html", {"form": form})
        for name in form.fields:
            assert f'name="{name}"' in page
        assert "<b>" not in page
        question = render_to_string("voices/question_form.html", {"form": web.QuestionForm()})
        assert 'name="text"' in question
        voice = testing.small_square(dress).voices["personal_data"]
        own = render_to_string(
            "voices/own_voice.html",
            {
                "voice": queries.voice(voice.id, original=True),
                "state": web.state_label(voice.state),
                "why": web.author_reason(voice.reason),
                "withdraw_url": "/x/",
                "token": "t",
            },
        )
        assert "06 12 34 56 78" in own
        assert ("En attente" if locale == "fr" else "Waiting") in own


# -- words ----------------------------------------------------------------------------------------------------


def family(base: type[ParvisError]) -> list[type[ParvisError]]:
    return [base, *(deeper for kind in base.__subclasses__() for deeper in family(kind))]


def test_every_message_has_its_words():
    known = set(refusals.TEMPLATES)
    more = (rules.CannotAppeal, rules.AppealClosed, rules.WrongLength, rules.GroundsMissing, rules.SamePerson)
    for base in (rules.NotAdmitted, actions.BadPhoto, files.BadFile, actions.PolicyMoved, *more):
        for kind in family(base):
            assert kind.template in known, kind


def test_every_reason_state_and_outcome_has_its_words():
    for reason in Reason:
        assert web.reason_label(reason)
        assert web.author_reason(reason)
    for state in VoiceState:
        assert web.state_label(state)
    offered = {choice for outcome in Outcome for choice, _ in web.reason_choices(outcome)}
    assert offered <= {reason.value for reason in Reason}
    assert set(refusals.FIELDS) >= set(rules.LIMITS)


def test_rejections_speak_french():
    row = RejectedRow(
        line=3,
        code="out_of_range",
        message="stars: 11 is not from 1 to 5.",
        row={},
        params={"field": "stars", "value": 11, "low": 1, "high": 5},
    )
    with translation.override("fr"):
        assert web.rejection_message(row).startswith("Étoiles\N{NO-BREAK SPACE}: 11")
    odd = RejectedRow(line=3, code="from_the_future", message="As it was said.", row={})
    assert web.rejection_message(odd) == "As it was said."


# -- photos ---------------------------------------------------------------------------------------------------


def test_photos_are_served_to_whom_they_concern(dress, at, client, camille):
    data = photo(300).read()
    voice = actions.receive(NewVoice(product_id=dress, text="Fine and light.", stars=5, photos=(data,)), at=at)
    url = voice.media[0].url
    assert re.fullmatch(r"/media/voices/2026/03/[\w-]{24}\.webp", url)
    assert client.get(url).status_code == 404
    own = client.get(f"{url}?of={queries.author_token(voice.id)}")
    assert (own.status_code, own["Cache-Control"]) == (200, "private, no-store")
    own.getvalue()
    other = actions.receive(NewVoice(product_id=dress, text="Another one.", stars=5), at=at)
    assert client.get(f"{url}?of={queries.author_token(other.id)}").status_code == 404
    actions.decide(voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=camille, at=at)
    answer = client.get(url)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/webp", "public, max-age=86400")
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    actions.withdraw(voice_id=voice.id, at=at)
    assert client.get(url).status_code == 404
    client.force_login(people.account("camille", at=at))
    seen = client.get(url)
    assert seen.status_code == 200
    seen.getvalue()


@pytest.mark.parametrize(
    "path", ["../../settings.py", "2026/03/..%2f..%2fsecret", "2026/03/" + "a" * 24 + ".webp", "2026/03/x.html"]
)
def test_nothing_else_is_served(client, path):
    assert client.get(f"/media/voices/{path}").status_code == 404
