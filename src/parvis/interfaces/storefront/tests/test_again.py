"""One person, one review of a product: written anew, never changed; an address that anybody can type proves nothing."""

from datetime import timedelta

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.messaging import queries as mails
from parvis.domains.people import actions as people
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import Outcome, Reason, VoiceState
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.interfaces.storefront.tests.test_own_place import signed_in
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database
MAIL = "lea@mail.example"


def write(client: Client, *, key: str, more: str = "", **fields: str):
    said = {
        "stars": "4",
        "title": "Pockets",
        "text": f"A lovely light dress with real pockets, I wear it every week. {key}",
        "author_name": "Lea",
        "email": MAIL,
        "consent": "on",
        "key": key,
        **fields,
    }
    return client.post(address("review", slug="linen-dress") + more, said)


def reviews() -> list[models.Voice]:
    return list(models.Voice.objects.filter(author_name="Lea").order_by("id"))


def publish_all() -> None:
    waiting = [voice.pk for voice in reviews() if voice.state == VoiceState.HELD]
    if waiting:
        actions.decide(voice_ids=waiting, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=now())
    deliver()


def test_a_guest_is_sent_the_link_of_the_first_review_and_nothing_is_kept(shop: Shop, visitor: Client) -> None:
    assert write(visitor, key="one").status_code == 302
    again = write(visitor, key="two")
    assert again.status_code == 422
    assert "has given its review already" in again.content.decode()
    write(visitor, key="three")
    (first,) = reviews()
    sent = [mail for mail in mails.messages().items if mail.key.startswith("voices.again")]
    assert [mail.to_email for mail in sent] == [MAIL]  # once a day, however often it is tried
    assert f"/my-review/{queries.author_token(first.pk)}/" in sent[0].text


def test_the_same_form_sent_twice_is_one_review_and_no_mail(shop: Shop, visitor: Client) -> None:
    assert write(visitor, key="one").status_code == write(visitor, key="one").status_code == 302
    assert len(reviews()) == 1
    assert not mails.messages().items


def test_behind_the_link_it_is_written_anew_and_the_old_one_stays_until_the_new_one_is_public(
    shop: Shop, visitor: Client
) -> None:
    write(visitor, key="one")
    publish_all()
    (first,) = reviews()
    token = queries.author_token(first.pk)
    assert "?mine=" in visitor.get(address("my_review", token=token)).content.decode()
    form = visitor.get(address("review", slug="linen-dress") + f"?mine={token}").content.decode()
    assert "You have reviewed it already" in form
    assert 'name="email"' not in form
    assert "I wear it every week. one" in form
    assert write(visitor, key="two", mine=token, stars="2").status_code == 302
    old, new = reviews()
    assert (old.state, new.stars, new.customer_id) == (VoiceState.PUBLISHED, 2, old.customer_id)
    publish_all()
    old, new = reviews()
    assert (old.state, new.state) == (VoiceState.WITHDRAWN, VoiceState.PUBLISHED)
    # the link of the replaced review leads no further
    assert write(visitor, key="three", mine=token).status_code == 422


def test_a_refused_new_one_leaves_the_old_one_in_its_place(shop: Shop, visitor: Client) -> None:
    write(visitor, key="one")
    publish_all()
    token = queries.author_token(reviews()[0].pk)
    write(visitor, key="two", mine=token)
    actions.decide(
        voice_ids=[reviews()[1].pk], outcome=Outcome.REFUSE, reason=Reason.OFF_TOPIC, actor_id=None, at=now()
    )
    deliver()
    assert [voice.state for voice in reviews()] == [VoiceState.PUBLISHED, VoiceState.REFUSED]


def test_who_is_signed_in_replaces_what_a_stranger_wrote_under_the_address(shop: Shop, visitor: Client) -> None:
    write(visitor, key="stranger")
    publish_all()
    token = queries.author_token(reviews()[0].pk)
    client, account = signed_in(email=MAIL)
    people.ensure_customer(email=MAIL, at=now() - timedelta(days=1), account_id=account.pk)
    assert write(client, key="mine").status_code == 302
    # the stranger's link names a review that is no longer the latest: it proves nothing
    assert write(visitor, key="stranger again", mine=token).status_code == 422
    publish_all()
    assert [voice.state for voice in reviews()] == [VoiceState.WITHDRAWN, VoiceState.PUBLISHED]
