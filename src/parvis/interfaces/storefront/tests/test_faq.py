"""Frequent questions as shoppers and engines see them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import FaqState
from parvis.domains.people import testing as people
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceKind
from parvis.interfaces.storefront.tests.conftest import Shop, deliver

pytestmark = [pytest.mark.database, pytest.mark.django_db]
QUESTION = "Does it run small?"
ANSWER = "Yes: take one size up.\nSay </script> what you like."
NODES = re.compile(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', re.DOTALL)


@pytest.fixture
def entry(shop: Shop) -> int:
    """An approved entry of the linen dress, with two reviews under it. Its id."""
    at = now()
    said = [
        (VoiceKind.REVIEW, "It runs small, so size up."),
        (VoiceKind.REVIEW, "It runs small in the <b>shoulders</b>, too small."),
        (VoiceKind.QUESTION, QUESTION),
        (VoiceKind.QUESTION, QUESTION),
    ]
    ids = [
        voices.receive(
            NewVoice(
                kind=kind, product_id=shop.dress, text=text, author_name="Ana", language="en",
                stars=3 if kind is VoiceKind.REVIEW else None, origin=Origin.DEMO, origin_ref=f"faq{place}",
                submitted_at=at - timedelta(days=9),
            ),
            at=at,
        ).id
        for place, (kind, text) in enumerate(said)
    ]  # fmt: skip
    deliver()
    voices.decide(voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=at)
    deliver()
    actions.propose_faq(at=at)
    (found,) = queries.faq_desk(state=FaqState.PROPOSED, at=at)
    actions.approve_faq(
        entry_id=found.id, revision=found.revision, question=QUESTION, answer=ANSWER,
        actor_id=people.staff("mathis", at=at).account_id, at=at,
    )  # fmt: skip
    return found.id


def _faq_nodes(page: str) -> list[dict[str, Any]]:
    graphs = [json.loads(found) for found in NODES.findall(page)]
    return [node for graph in graphs for node in graph.get("@graph", [graph]) if node.get("@type") == "FAQPage"]


def test_a_product_shows_what_is_asked_most_with_the_words_it_rests_on(entry: int) -> None:
    page = Client().get("/en/products/linen-dress/").content.decode()
    assert f'id="faq-{entry}"' in page
    assert "Say &lt;/script&gt; what you like." in page
    assert "runs small in the &lt;b&gt;shoulders" in page
    assert "Asked by 2 people" in page
    (node,) = _faq_nodes(page)
    told = next(each for each in node["mainEntity"] if each["@id"].endswith(f"#faq-{entry}"))
    assert (told["name"], told["acceptedAnswer"]["text"]) == (QUESTION, ANSWER)
    assert f'id="faq-{entry}"' not in Client().get("/fr/products/linen-dress/").content.decode()  # written in English


def test_an_answer_leaves_the_page_with_its_voices_at_once(entry: int) -> None:
    assert "Asked most" in Client().get("/en/products/linen-dress/").content.decode()
    supports = [said.voice_id for said in queries.faq_entry(entry, at=now()).supports]
    voices.decide(
        voice_ids=supports, outcome=Outcome.WITHDRAW, reason=Reason.AUTHOR_REQUEST, note="", actor_id=None, at=now()
    )
    # before any worker has run
    assert "Asked most" not in Client().get("/en/products/linen-dress/").content.decode()
    deliver()
    assert queries.faq_entry(entry, at=now()).state is FaqState.RETRACTED


def test_the_page_of_all_is_empty_at_first_and_never_breaks_on_a_search(shop: Shop) -> None:
    page = Client().get("/en/faq/")
    assert page.status_code == 200
    assert "No frequent question yet" in page.content.decode()
    assert Client().get("/fr/faq/", {"q": "\x00<script>" * 50}).status_code == 200
