"""Proof on pages in the studio: what is learnt, widgets and their code, newsletters, rights."""

from io import BytesIO

import pytest
from PIL import Image

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Channel, OrderReadout, Placement
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason
from parvis.interfaces.studio.proof import order as page_of_order
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
WIDGET = {"name": "Journal", "kind": "quotes", "theme": "auto", "shown": "4", "origins": "https://journal.example"}


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.INDEX_ROOT, settings.MEDIA_ROOT = tmp_path / "index", tmp_path / "media"


@pytest.fixture
def pictured(shop):
    picture = BytesIO()
    Image.new("RGB", (400, 500), "teal").save(picture, "PNG")
    text = "Here it is in the sun, the colour is lovely <b>and</b> warm."
    new = NewVoice(product_id=shop.product, text=text, stars=5, author_name="Zoé", photos=(picture.getvalue(),))
    voice = voices.receive(new, at=now()).id
    while outbox.deliver(at=now()):
        pass
    voices.decide(voice_ids=[voice], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=now())
    while outbox.deliver(at=now()):
        pass
    return voice


def test_a_widget_is_made_seen_copied_renewed_and_ended(owner, pictured):
    made = owner.post("/studio/proof/widgets/new/", WIDGET)
    (widget,) = queries.widgets()
    assert made["Location"] == f"/studio/proof/widgets/{widget.id}/"
    page = owner.get(made["Location"]).content.decode()
    for part in (f"data-parvis=&quot;{widget.key}&quot;", "| escape }}", "|escape:", f"/w/{widget.key}/"):
        assert part in page, part
    seen = owner.get(f"/studio/proof/widgets/{widget.id}/preview/")
    assert "lovely &lt;b&gt;and" in seen.content.decode()
    assert "data-ticket" not in seen.content.decode()  # looking at it here counts nowhere
    assert seen["X-Frame-Options"] == "SAMEORIGIN"
    owner.post(f"/studio/proof/widgets/{widget.id}/change/", {"do": "renew"})
    assert queries.widget(widget.id).key != widget.key
    owner.post(f"/studio/proof/widgets/{widget.id}/change/", {"do": "off"})
    assert not queries.widget(widget.id).active
    owner.post(f"/studio/proof/widgets/{widget.id}/change/", {"do": "delete"})
    assert queries.widgets() == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"kind": "frames"}, {"shown": "99"}, {"product": "no-such-thing"},
        {"origins": "journal.example"}, {"origins": "https://a.example/path"}, {"origins": "javascript:alert(1)"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(owner, wrong):
    answer = owner.post("/studio/proof/widgets/new/", WIDGET | wrong)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert queries.widgets() == ()


def test_newsletters_are_plain_and_say_who_said_it(owner, pictured):
    page = owner.get("/studio/proof/newsletter/?products=linen-dress+nothing&lang=fr").content.decode()
    assert "nothing" in page
    block = owner.get("/studio/proof/newsletter/preview/?products=linen-dress&lang=fr")
    html = block.content.decode()
    assert "★" in html
    assert "utm_source=newsletter" in html
    for forbidden in ("<script", "<img", "<style", "class=", "<b>and"):
        assert forbidden not in html, forbidden
    assert "script-src" not in block["Content-Security-Policy"]
    assert len(html) < 20_000


def test_a_right_is_recorded_counts_and_ends(owner, pictured):
    granted = {"voice": pictured, "channels": ["widget", "mail"], "basis": "consent", "territories": "fr, be"}
    assert owner.post("/studio/proof/rights/grant/", granted).status_code == 302
    (row,) = queries.media_rights(at=now())
    assert row.rights[0].channels == (Channel.MAIL, Channel.WIDGET)
    assert row.cleared == (Channel.SITE,)  # elsewhere it is cleared in two countries, not everywhere
    assert queries.gallery(channel=Channel.MAIL, territory="BE", at=now())
    page = owner.get("/studio/proof/rights/").content.decode()
    assert "BE, FR" in page
    owner.post(f"/studio/proof/rights/{row.rights[0].id}/end/")
    assert not queries.gallery(channel=Channel.MAIL, territory="BE", at=now())
    refused = {"voice": pictured, "refused": "on", "basis": "consent"}
    owner.post("/studio/proof/rights/grant/", refused)
    assert not queries.gallery(channel=Channel.SITE, at=now())


@pytest.mark.parametrize(
    "wrong",
    [{"channels": []}, {"basis": "licence"}, {"territories": "France"}, {"voice": "0"}, {"voice": "999999999"}],
    ids=str,
)
def test_half_a_right_is_none(owner, pictured, wrong):
    granted = {"voice": pictured, "channels": ["widget"], "basis": "consent"} | wrong
    assert owner.post("/studio/proof/rights/grant/", granted).status_code == 422
    assert queries.media_rights(at=now())[0].rights == ()


def test_the_readout_says_keep_testing_until_it_knows(owner, monkeypatch, pictured):
    empty = owner.get("/studio/proof/?days=x").content.decode()
    assert "Nobody has looked yet" in empty

    def told(*, at, placement, days):
        sure = placement is Placement.STRIP
        return OrderReadout(
            placement=placement, plans=12, looked=8000, acted=960 if sure else 400, led=80, held_out_looked=2000,
            held_out_acted=120 if sure else 98, held_out_led=10, rate=0.12, held_out_rate=0.06, difference=0.06,
            low=0.03 if sure else -0.02, high=0.09, sample_ratio_p=0.9,
            verdict="learnt_better" if sure else "keep_testing",
        )  # fmt: skip

    monkeypatch.setattr(page_of_order.queries, "order_readout", told)
    page = owner.get("/studio/proof/").content.decode()
    assert "The drawn orders do better" in page
    assert "Keep testing" in page
    assert "+6.00 points" in page
    french = signed_in("olivia", locale="fr").get("/studio/proof/").content.decode()
    assert "Continuer le test" in french


def test_plans_are_made_and_kept_until_they_change(pictured):
    assert actions.plan_orders(at=now(), placement=Placement.STRIP) >= 1
    assert actions.plan_orders(at=now(), placement=Placement.STRIP) == 0
