"""Visibility: scores with to-dos, programs, assistants, the simulator."""

import pytest

from parvis.core.clock import now
from parvis.domains.evidence import actions, queries
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SEEN = {"kinds": {"Offer": 2, "Review": 1}, "documents": 1, "errors": ["missing Product name"], "rated": "",
        "headings": ["Linen dress"], "title": "Linen dress", "description": "Short.", "canonical": "x",
        "alternates": 2, "words": 210}  # fmt: skip


@pytest.fixture
def audited(shop):
    path = "/en/products/linen-dress/"
    for words in (210, 190):
        actions.keep_look(bot="GPTBot", path=path, status=200, seen={**SEEN, "words": words}, at=now())
    return actions.audit_page(product_id=shop.product, language="en", path=path, status=200, seen=SEEN, at=now())


def test_the_page_names_what_lacks_and_leads_to_the_fix(shop, owner, audited, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        page = owner.get("/studio/visibility/").content.decode()
    assert f'href="/studio/visibility/products/{shop.product}/"' in page
    assert "PerplexityBot" in page
    with django_assert_max_num_queries(16):
        product = owner.get(f"/studio/visibility/products/{shop.product}/").content.decode()
    for link in ("/studio/moderation/?kind=question", "/studio/invitations/", f"/studio/products/{shop.product}/"):
        assert f'href="{link}"' in product
    assert "missing Product name" in product
    assert "210" in product
    assert "<ins>190</ins>" in product
    changes = owner.get("/studio/visibility/changes/").content.decode()
    assert "<ins>190</ins>" in changes
    french = signed_in("olivia", locale="fr").get("/studio/visibility/").content.decode()
    assert "Visibilité" in french


def test_before_the_first_look_the_page_says_so(shop, owner):
    assert "No page is scored yet" in owner.get("/studio/visibility/").content.decode()
    assert "Not scored yet" in owner.get(f"/studio/visibility/products/{shop.product}/").content.decode()
    assert "Nothing has changed" in owner.get("/studio/visibility/changes/").content.decode()
    assert owner.get("/studio/visibility/products/999999/").status_code == 404
    assert owner.get("/studio/visibility/simulator/999999/").status_code == 404


def test_a_program_is_kept_out_and_let_in_again(shop, owner):
    def put(allowed, crawler="PerplexityBot"):
        return owner.post("/studio/visibility/programs/", {"crawler": crawler, "allowed": allowed}, follow=True)

    put("no")
    assert not queries.may_read("PerplexityBot")
    robots = owner.get("/robots.txt").content.decode()
    assert "User-agent: PerplexityBot\nDisallow: /\n" in robots
    put("default")
    assert queries.may_read("PerplexityBot")
    assert "Not done" in put("no", crawler="<b>Nobody</b>").content.decode()


def test_looking_again_is_put_in_the_queue(shop, owner):
    from procrastinate.contrib.django.models import ProcrastinateJob

    owner.post(f"/studio/visibility/products/{shop.product}/again/")
    (job,) = ProcrastinateJob.objects.filter(task_name="agents.audit_product")
    assert job.args == {"product_id": shop.product}


RUN = {
    "name": "Fit & size", "product": "/en/products/linen-dress/", "questions": "Does it run small?\n\nIs it lined?\n",
    "rival_1": "Another dress.\nIt runs small, take one size up.\nIt is lined with cotton.",
    "added": "Is it lined? The dress is lined with viscose down to the knee.",
}  # fmt: skip


def test_a_simulation_is_run_kept_and_shown(shop, owner):
    answer = owner.post("/studio/visibility/simulator/", RUN)
    assert answer.status_code == 302
    page = owner.get(answer["Location"]).content.decode()
    assert "Fit &amp; size" in page
    assert "Is it lined?" in page
    (kept,) = queries.simulations()
    assert kept.given["questions"] == 2
    assert not [row for row in kept.result["questions"] if "\\" in row["quote"] or row["quote"].startswith("#")]
    assert set(kept.result["before"]) == set(kept.result["moved"]) == {"retrieved", "first", "quoted"}
    assert "Fit &amp; size" in owner.get("/studio/visibility/simulator/").content.decode()


def test_who_may_not_simulate_is_not_sent_there(shop, owner):
    assert "/simulator/" in owner.get("/studio/visibility/").content.decode()
    assert "/simulator/" not in signed_in("victor").get("/studio/visibility/").content.decode()


@pytest.mark.parametrize(
    "change",
    [{"product": "nothing-here"}, {"questions": " \n "}, {"questions": "a?\n" + "\n".join(map(str, range(120)))},
     {"rival_1": ""}, {"name": "x" * 500}],
    ids=["product", "no-questions", "too-many", "no-rival", "long-name"],
)  # fmt: skip
def test_what_cannot_be_run_is_said_at_its_field(shop, owner, change):
    answer = owner.post("/studio/visibility/simulator/", {**RUN, **change})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert queries.simulations() == ()
