"""Signed links open one door each: a link of one kind, or one letter changed, opens nothing."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from parvis.core.clock import now
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import NewVoice, VoiceState

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DOORS = ("invited", "owner_answer", "my_review", "contest", "withdraw", "receipt", "order", "order_cancel", "pay")
SIGNED = {
    "invited": queries.invitation_token,
    "owner_answer": queries.owner_token,
    "my_review": queries.author_token,
    "receipt": queries.report_token,
}


@pytest.fixture
def voice(db) -> int:
    product = small_catalogue().products["linen-dress"]
    made = actions.receive(NewVoice(product_id=product, text="The seam came apart at once.", stars=1), at=now())
    actions.examine([made.id], at=now())
    return made.id


def tried(client: Client, door: str, token: str) -> set[int]:
    with override("en"):
        path = reverse(f"storefront:{door}", args=[token])
    return {client.get(path, follow=True).status_code, client.post(path, {"words": "x"}, follow=True).status_code}


def test_a_link_opens_its_own_door_only(client, voice):
    assert client.get(f"/en/my-review/{queries.author_token(voice)}/").status_code == 200
    for kind, sign in SIGNED.items():
        for door in DOORS:
            own = {"my_review", "contest", "withdraw"} if kind == "my_review" else {kind}
            if door not in own:
                assert tried(client, door, sign(voice)) <= {404, 405, 410}, (kind, door)
    assert queries.voice(voice).state is VoiceState.PUBLISHED


def test_a_link_with_a_letter_changed_or_cut_opens_nothing(client, voice):
    token = queries.author_token(voice)
    number, signature = token[: token.index(str(voice)) + len(str(voice))], token[len(str(voice)) :]
    assert number == str(voice)
    changed = [
        f"{voice + 1}{signature}",
        token[:-1],
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.swapcase(),
        str(voice),
        f"{voice}.",
        f" {token}",
        token + "%00",
        "9" * 400,
    ]
    for one in changed:
        for door in ("my_review", "contest", "withdraw"):
            assert tried(client, door, one) <= {404, 405, 410}, (door, one)
    assert queries.voice(voice).state is VoiceState.PUBLISHED


def test_taking_back_twice_by_the_link_is_once(client, voice):
    path = f"/en/my-review/{queries.author_token(voice)}/withdraw/"
    client.post(path)
    trail = len(queries.decisions(voice))
    assert queries.voice(voice).state is VoiceState.WITHDRAWN
    client.post(path)
    assert len(queries.decisions(voice)) == trail
