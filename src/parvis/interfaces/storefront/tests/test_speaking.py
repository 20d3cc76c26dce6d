"""Reviews, questions, votes and reports without any script; and who may see a photo."""

import io
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from parvis.core.clock import now
from parvis.domains.checkout.testing import paid_order
from parvis.domains.people import testing as cast
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Outcome, Reason, VoiceKind, VoiceState
from parvis.domains.voices.testing import AT
from parvis.domains.voices.web import author_reason
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.interfaces.storefront.tests.test_buying import field, token_of
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database
GOOD_TEXT = "The fabric is soft and light, it fits true to size and I wear it every week to the office."


def photo(name: str = "me.jpg") -> SimpleUploadedFile:
    held = io.BytesIO()
    Image.new("RGB", (300, 400), "#885522").save(held, "JPEG")
    return SimpleUploadedFile(name, held.getvalue(), content_type="image/jpeg")


def send(visitor: Client, **more: Any) -> Any:
    where = address("review", slug="linen-dress")
    key = field(visitor.get(where).content.decode(), "key")
    sent = {"key": key, "stars": "5", "title": "Good", "text": GOOD_TEXT, "author_name": "Dom", **more}
    if not more.get("order"):
        sent = {"email": "dom@mail.example", "consent": "on", **sent}
    else:
        sent = {"consent": "on", "email": "other@mail.example", **sent}
    return visitor.post(where, sent)


def test_of_a_cream_nobody_is_asked_how_it_fits(shop: Shop, visitor: Client) -> None:
    where = address("review", slug="linen-dress")
    assert 'name="fit_felt"' in visitor.get(where).content.decode()
    actions.set_category_kind(category_key="dresses", kind="beauty", actor_id=None, at=now())
    form = visitor.get(where).content.decode()
    assert not re.search('name="(?:fit_felt|size_worn|height_cm)"', form)
    answer = send(visitor, size_worn="M", fit_felt="0", height_cm="170")
    assert answer.status_code == 302
    deliver()
    html = visitor.get(address("product", slug="linen-dress")).content.decode()
    assert GOOD_TEXT in html
    assert "170 cm" not in html


def test_a_review_is_read_published_and_shown(shop: Shop, visitor: Client) -> None:
    answer = send(visitor, size_worn="M", fit_felt="0", height_cm="170")
    mine = answer["Location"]
    assert "We are reading it" in visitor.get(mine).content.decode()
    deliver()
    assert "It is published" in visitor.get(mine).content.decode()
    html = visitor.get(address("product", slug="linen-dress")).content.decode()
    assert GOOD_TEXT in html
    assert "170 cm" in html
    assert (
        "Verified purchase"
        not in re.search(r'<article class="review" id="voice-\d+".*?Dom.*?</article>', html, re.DOTALL)[0].split("Dom")[
            1
        ]
    )


def test_the_token_of_an_order_makes_a_review_verified(shop: Shop, visitor: Client) -> None:
    order = paid_order({"DR-S": 1})
    answer = send(visitor, order=order.token)
    voice = queries.by_author_token(token_of(answer))
    assert voice.verified
    assert voice.order_ref.startswith(order.number)
    assert voice.customer_id == order.customer_id
    other = queries.by_author_token(token_of(send(visitor, order="nonsense")))
    assert not other.verified


def test_sent_twice_it_is_one_review(shop: Shop, visitor: Client) -> None:
    first = send(visitor, key="the-same-key")
    assert send(visitor, key="the-same-key")["Location"] == first["Location"]


def test_missing_stars_and_consent_are_asked_for(shop: Shop, visitor: Client) -> None:
    answer = send(visitor, stars="", consent="")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert html.count('class="field__error"') == 2
    assert GOOD_TEXT in html


def test_a_photo_is_for_its_author_until_it_is_public(shop: Shop, visitor: Client) -> None:
    mine = send(visitor, photos=[photo()])["Location"]
    deliver()
    html = visitor.get(mine).content.decode()
    assert author_reason(Reason.PHOTO_UNSEEN) in unescape(html)
    thumb = re.search(r'src="(/media/voices/[^"]+)"', html)[1]
    own = visitor.get(thumb)
    assert own.status_code == 200
    bare = thumb.split("?")[0]
    assert visitor.get(bare).status_code == 404
    voice = queries.by_author_token(token_of({"Location": mine}))
    actions.decide(voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    deliver()
    shown = Client().get(bare)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/webp"
    assert bare.replace("-s.", ".") or bare in visitor.get(address("product", slug="linen-dress")).content.decode()


@pytest.mark.parametrize(
    "files", [[SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")], [photo() for _ in range(6)]]
)
def test_what_is_no_photo_is_refused_beside_its_field(shop: Shop, visitor: Client, files: list[Any]) -> None:
    for each in files:
        each.seek(0)
    answer = send(visitor, photos=files)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()


def test_everything_wrong_is_said_at_once_photos_too(shop: Shop, visitor: Client) -> None:
    answer = send(visitor, stars="", photos=[SimpleUploadedFile("a.jpg", b"no photo", "image/jpeg")])
    page = answer.content.decode()
    assert answer.status_code == 422
    summary = page[page.index("error-summary") : page.index("<form", page.index("error-summary"))]
    assert 'href="#id_stars_0"' in summary
    assert 'href="#id_photos"' in summary


def test_the_author_takes_it_back(shop: Shop, visitor: Client) -> None:
    mine = send(visitor)["Location"]
    deliver()
    token = token_of({"Location": mine})
    visitor.post(address("withdraw", token=token))
    deliver()
    assert queries.by_author_token(token).state is VoiceState.WITHDRAWN
    assert "no longer shown" in visitor.get(mine).content.decode()
    assert GOOD_TEXT not in visitor.get(address("product", slug="linen-dress")).content.decode()


def test_a_vote_counts_once_and_can_be_taken_back(shop: Shop, visitor: Client) -> None:
    voice_id = shop.voices["praise_en"]
    where = address("vote", voice_id=voice_id)
    for _ in range(3):
        answer = visitor.post(where, {"value": "1"})
        assert answer["Location"].endswith(f"#voice-{voice_id}")
    assert queries.voice(voice_id).votes_up == 1
    assert visitor.post(where, {"value": "0"}, headers={"X-Requested-With": "fetch"}).json() == {"up": 0, "down": 0}
    assert visitor.post(address("vote", voice_id=shop.voices["too_short"]), {"value": "1"}).status_code == 404
    assert visitor.get(where).status_code == 405


def test_a_report_reaches_the_team_and_gets_a_receipt(shop: Shop, visitor: Client) -> None:
    voice_id = shop.voices["complaint_en"]
    where = address("report", voice_id=voice_id)
    said = {"role": "visitor", "ground": "off_topic", "why": "This is about another shop"}
    assert visitor.post(where, said | {"why": ""}).status_code == 422
    assert visitor.post(where, said | {"ground": "sound"}).status_code == 422
    answer = visitor.post(where, said)
    assert answer.status_code == 302
    assert "A person of our team will look at it" in visitor.get(answer["Location"]).content.decode()
    (report,) = queries.reports_about([voice_id])[voice_id]
    assert (report.why, report.ground, report.notice) == ("This is about another shop", "off_topic", False)
    assert queries.voice(voice_id).is_public  # until a person has looked
    assert visitor.get(f"/en/voices/{voice_id}/report/")["Location"] == where


def test_a_notice_needs_what_the_law_asks_for(shop: Shop, visitor: Client) -> None:
    where = address("report", voice_id=shop.voices["complaint_en"])
    said = {"role": "notice", "ground": "unlawful", "why": "It accuses a named person of theft."}
    page = visitor.post(where, said)
    assert page.status_code == 422
    assert page.content.decode().count("This is needed here.") == 2 * 3  # beside the field, and at the head
    full = said | {"name": "Ada Martin", "email": "ada@mail.example", "good_faith": "on"}
    assert visitor.post(where, full).status_code == 302
    (report,) = queries.reports_about([shop.voices["complaint_en"]])[shop.voices["complaint_en"]]
    assert report.notice
    assert report.url.endswith(f"/en/products/linen-dress/#voice-{report.voice_id}")


def test_an_author_reads_the_reason_and_contests_it_once(shop: Shop, visitor: Client) -> None:
    voice_id = shop.voices["complaint_en"]
    camille = cast.staff("camille", at=AT).account_id
    actions.decide(voice_ids=[voice_id], outcome=Outcome.REFUSE, reason=Reason.INTEREST, actor_id=camille, at=now())
    mine = address("my_review", token=queries.author_token(voice_id))
    page = visitor.get(mine).content.decode()
    assert "undisclosed interest" in page
    assert "Contest this decision" in page
    where = address("contest", token=queries.author_token(voice_id))
    assert "10" in visitor.post(where, {"text": "no"}, follow=True).content.decode()
    page = visitor.post(where, {"text": "I have no interest in it: I bought it."}, follow=True).content.decode()
    assert "a person will look at it again" in page
    assert "Contest this decision" not in page
    assert visitor.post(address("contest", token="1.forged"), {"text": "x" * 20}).status_code == 404


def test_how_reviews_are_handled_is_told_from_the_policy_in_force(shop: Shop, visitor: Client) -> None:
    where = address("reviews_policy")
    assert "No person refuses alone" not in visitor.get(where).content.decode()
    words = {"en": "Nothing about the weather.", "fr": "Rien sur la météo."}
    policy = queries.Policy(
        two_people=queries.TwoPeople.REFUSALS,
        promise_hours=48,
        tolerated_error=0.015,
        grounds={**queries.policy().grounds, Reason.OFF_TOPIC: words},
    )
    actions.save_policy(policy=policy, seen=1, actor_id=None, at=now())
    page = visitor.get(where).content.decode()
    for said in ("No person refuses alone", "within 2 days", "1.5 %", words["en"], "version 2"):
        assert said in page, said
    french = visitor.get(where.replace("/en/", "/fr/")).content.decode()
    for said in ("Personne ne refuse seul", "2 jours", "1,5\N{NO-BREAK SPACE}%", words["fr"]):
        assert said in french, said
    assert visitor.get("/en/reviews-policy/")["Location"] == where


def test_a_question_is_read_then_shown(shop: Shop, visitor: Client) -> None:
    where = address("question", slug="linen-dress")
    key = field(visitor.get(where, {"q": "Is it lined?"}).content.decode(), "key")
    sent = {
        "key": key,
        "text": "Is this dress lined, or should I wear something under it?",
        "author_name": "Lea",
        "email": "lea@mail.example",
        "consent": "on",
    }
    answer = visitor.post(where, sent)
    voice = queries.by_author_token(token_of(answer))
    assert voice.kind is VoiceKind.QUESTION
    deliver()
    assert sent["text"] in visitor.get(address("product", slug="linen-dress")).content.decode()


@pytest.mark.parametrize(
    ("language", "asked", "told"),
    [
        ("en", "How much is shipping?", ["Home delivery", "€4.90", "free from €80.00", "2 to 4 working days"]),
        ("fr", "Puis-je le renvoyer ?", ["14 jours"]),
        ("fr", "Combien coûte la livraison ?", ["Livraison à domicile", "4,90"]),
    ],
)
def test_the_shop_answers_for_itself_what_delivery_costs_and_sending_back(
    shop: Shop, visitor: Client, language: str, asked: str, told: list[str]
) -> None:
    where = address("ask", slug="linen-dress").replace("/en/", f"/{language}/")
    page = visitor.get(where, {"q": asked}).content.decode()
    for words in told:
        assert words in page
    assert 'id="terms-title"' not in visitor.get(where, {"q": "Is the fabric soft?"}).content.decode()
