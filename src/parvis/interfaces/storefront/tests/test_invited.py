"""What the links of our mails lead to: a form without account, an answer, and peace."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import testing as buying
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Purpose
from parvis.domains.messaging.testing import postbox
from parvis.domains.people import actions as people
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import (
    AuthorRole,
    InvitationState,
    NewVoice,
    Outcome,
    Reason,
    VoiceKind,
    VoiceState,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def box(db):
    with postbox() as made, buying.without_letters():
        yield made


def a_while_ago(days=20):
    return now() - timedelta(days=days)


def invite(box, lines=None):
    """An order delivered, its invitation sent; the path of its form and the mail."""
    at = a_while_ago()
    order = buying.paid_order(lines or {"DR-S": 1, "SW-S": 1}, at=at)
    checkout.ship(order_id=order.id, at=at)
    checkout.deliver(order_id=order.id, at=at)
    outbox.deliver(at=now())
    actions.invite_due(at=now())
    messaging.send_due(at=now())
    (mail,) = [each for each in box.mails if "/review/" in each.text]  # not what tells of the parcel
    path = re.search(r"http://testserver(/fr/review/[^/]+/)", mail.text)
    assert path is not None
    return path.group(1), mail


def fields(product_id, **more):
    prefix = f"p{product_id}-"
    given = {
        "stars": "2",
        "text": "Elle taille petit et la couture a lâché au premier lavage, quel dommage.",
        "author_name": "Claire",
        "consent": "on",
        "key": "k1",
        "experienced_on": localdate(a_while_ago()).isoformat(),
        **more,
    }
    return {"product": product_id, **{prefix + name: value for name, value in given.items()}}


def products():
    return [row.product_id for row in models.InvitedProduct.objects.order_by("id")]


def test_the_form_needs_no_account_and_no_address(client: Client, box):
    path, _ = invite(box)
    page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="robots" content="noindex"' in text
    assert text.count('enctype="multipart/form-data"') == 2
    assert "-email" not in text
    first, second = products()
    # what was bought and when are there already
    assert f'name="p{first}-experienced_on" value="{localdate(a_while_ago())}"' in text
    assert re.search(rf'<select name="p{second}-size_worn".*?<option value="S" selected>', text, re.DOTALL)


def test_stars_chosen_in_the_mail_are_chosen_in_the_form(client: Client, box):
    path, _ = invite(box)
    product = products()[1]
    text = client.get(f"{path}?product={product}&stars=4").content.decode()
    assert f'name="p{product}-stars" value="4" checked' in text
    chosen = re.compile(r'-stars" value="\d" checked')
    assert len(chosen.findall(text)) == 1
    assert not chosen.search(client.get(f"{path}?product={product}&stars=9").content.decode())


def test_a_review_by_the_link_is_a_verified_purchase_and_counts_once(client: Client, box):
    path, _ = invite(box)
    first, second = products()
    for _ in range(2):  # sent twice by an impatient thumb
        answer = client.post(path, fields(first))
    assert answer.status_code in (200, 302)
    (voice,) = queries.by_customer(models.Invitation.objects.get().customer_id)
    assert voice.verified
    assert voice.order_ref.startswith("P-")
    assert voice.experienced_on == localdate(a_while_ago())
    assert (voice.product_id, voice.stars, voice.state) == (first, 2, VoiceState.HELD)
    assert models.Invitation.objects.get().state == InvitationState.INVITED
    page = client.get(path).content.decode()
    assert "Avis donné" in page
    client.post(path, fields(second))
    assert models.Invitation.objects.get().state == InvitationState.DONE
    assert "Vous avez donné votre avis sur tout" in client.get(path).content.decode()


def test_what_is_wrong_is_said_beside_the_field_and_the_words_are_kept(client: Client, box):
    path, _ = invite(box)
    first, _ = products()
    answer = client.post(path, fields(first, stars="", consent=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choisissez de 1 à 5 étoiles" in page
    assert "la couture a lâché" in page
    assert not models.Voice.objects.exists()


def test_what_the_campaign_promised_is_shown_and_cannot_be_left_out(client: Client, box):
    actions.start_campaign(
        name="Printemps", incentive="discount", starts_on=a_while_ago(60).date(), actor_id=None, at=now()
    )
    path, mail = invite(box)
    assert "une remise ou des points" in mail.text
    assert "Vous recevez\N{NO-BREAK SPACE}: une remise ou des points" in client.get(path).content.decode()
    first, _ = products()
    client.post(path, fields(first, incentive=""))
    assert models.Voice.objects.get().incentive == "discount"


def test_the_open_question_can_be_answered_on_the_way(client: Client, box):
    shop = buying.small_catalogue()
    dress = shop.products["linen-dress"]
    asked = actions.receive(
        NewVoice(
            kind=VoiceKind.QUESTION,
            product_id=dress,
            text="Est-ce que le tissu est transparent au soleil ?",
            author_name="Emma",
            language="fr",
        ),
        at=a_while_ago(30),
    )
    actions.examine([asked.id], at=a_while_ago(30))
    if queries.voice(asked.id).state is not VoiceState.PUBLISHED:
        from parvis.domains.people import testing as cast

        camille = cast.staff("camille", at=now()).account_id
        actions.decide(
            voice_ids=[asked.id],
            outcome=Outcome.PUBLISH,
            reason=Reason.APPROVED,
            note="",
            actor_id=camille,
            at=a_while_ago(30),
        )
    path, mail = invite(box, {"DR-S": 1})
    assert "transparent au soleil" in mail.text
    assert "transparent au soleil" in client.get(path).content.decode()
    client.post(path, fields(dress, answer="Non, elle est doublée."))
    answer = models.Voice.objects.get(kind=VoiceKind.ANSWER)
    assert (answer.parent_id, answer.author_role, answer.verified) == (asked.id, AuthorRole.OWNER, True)


def test_what_was_given_back_is_not_on_the_page(client: Client, box):
    path, _ = invite(box)
    order = buying.queries.order(models.Invitation.objects.get().order_id)
    line = order.lines[0]
    checkout.refund(
        order_id=order.id, lines={line.id: 1}, reason="too small", actor_id=None, key="r", at=a_while_ago(5)
    )
    outbox.deliver(at=now())
    text = client.get(path).content.decode()
    assert f'id="product-{line.product_id}"' not in text
    client.post(path, fields(line.product_id))
    assert not models.Voice.objects.exists()


def test_a_link_of_an_erased_person_leads_nowhere(client: Client, box):
    path, _ = invite(box)
    people.erase_customer(customer_id=models.Invitation.objects.get().customer_id, at=now())
    outbox.deliver(at=now())
    answer = client.get(path)
    assert answer.status_code == 410
    assert "Ce lien ne fonctionne plus" in answer.content.decode()
    assert client.post(path, fields(1)).status_code == 410


def test_a_forged_link_leads_nowhere(client: Client, db):
    for path in ("/en/review/1.abc/", "/en/answer/1.abc/", "/unsubscribe/invitation:1~abc/"):
        assert client.get(path).status_code == 410


def test_the_pages_ask_the_database_little(client: Client, box, django_assert_max_num_queries):
    path, _ = invite(box)
    client.get(path)
    with django_assert_max_num_queries(24):
        client.get(path)


# -- no more ----------------------------------------------------------------------------------------------------


def unsubscribe_path(mail):
    return mail.headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")


def test_one_click_of_the_mail_program_is_enough(box):
    _, mail = invite(box)
    strict = Client(enforce_csrf_checks=True)
    path = unsubscribe_path(mail)
    answer = strict.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.content) == (200, b"")
    assert mails.refusal(mail.to, Purpose.OPINION) is not None
    outbox.deliver(at=now())
    assert models.Invitation.objects.get().stop_reason == "unsubscribed"


def test_looking_at_the_link_changes_nothing(client: Client, box):
    _, mail = invite(box)
    page = client.get(unsubscribe_path(mail))
    assert page.status_code == 200
    assert "Oui, cessez" in page.content.decode()
    assert mails.refusal(mail.to, Purpose.OPINION) is None


def test_a_click_and_its_undoing(client: Client, box):
    _, mail = invite(box)
    path = unsubscribe_path(mail)
    assert "Nous ne vous demandons plus" in client.post(path, follow=True).content.decode()
    assert "Oui, cessez" in client.post(path, {"do": "undo"}, follow=True).content.decode()
    assert mails.refusal(mail.to, Purpose.OPINION) is None


# -- owners -----------------------------------------------------------------------------------------------------


def test_an_owner_answers_and_is_shown_as_owner(client: Client, box):
    shop = buying.small_catalogue()
    dress = shop.products["linen-dress"]
    at = a_while_ago()
    order = buying.paid_order({"DR-S": 1}, at=at)
    checkout.ship(order_id=order.id, at=at)
    checkout.deliver(order_id=order.id, at=at)
    question = models.Voice.objects.create(
        kind=VoiceKind.QUESTION,
        product_id=dress,
        text="Est-ce que le tissu est transparent au soleil ?",
        author_name="Emma",
        language="fr",
        submitted_at=a_while_ago(3),
        received_at=a_while_ago(3),
        published_at=a_while_ago(3),
        state=VoiceState.PUBLISHED,
        origin="storefront",
        origin_ref="q1",
    )
    assert actions.ask_owners(at=now()) == 1
    messaging.send_due(at=now())
    (mail,) = [each for each in box.mails if "/answer/" in each.text]  # not what tells of the parcel
    path = re.search(r"http://testserver(/fr/answer/[^/]+/)", mail.text).group(1)
    assert "transparent au soleil" in client.get(path).content.decode()
    given = {"text": "Non, elle est doublée.", "author_name": "Claire", "consent": "on", "key": "k"}
    for _ in range(2):
        client.post(path, given)
    answer = models.Voice.objects.get(kind=VoiceKind.ANSWER)
    assert (answer.parent_id, answer.author_role, answer.verified) == (question.id, AuthorRole.OWNER, True)
    assert "Voir ce que devient votre réponse" in client.get(path).content.decode()


def test_what_was_written_to_a_person_is_in_what_they_take_away(client: Client, box):
    from parvis.domains.people import testing as cast

    invite(box)
    client.force_login(cast.account("claire", at=now()), backend="allauth.account.auth_backends.AuthenticationBackend")
    held = client.get("/fr/account/export/")
    if held.status_code == 405:
        held = client.post("/fr/account/export/")
    taken = held.json()
    assert [mail["subject"] for mail in taken["mails"]] == [box.mails[0].subject]
    assert taken["asking_refused"] is False
