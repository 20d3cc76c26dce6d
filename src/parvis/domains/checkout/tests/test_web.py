"""Forms and fragments: clear words beside the right field, nothing of a card sent back, no surprise in the total."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from parvis.core.errors import Invalid
from parvis.core.money import Money
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import queries, web
from parvis.domains.checkout.contracts import OrderState, SavedCard, StepState
from parvis.domains.checkout.rules import cards
from parvis.domains.checkout.testing import AT, DECLINED, TOKEN, filled_cart, paid_order
from parvis.domains.checkout.web.words import DECLINES, STATES, TRAIL
from parvis.domains.people import testing as people

TODAY = date(2026, 3, 4)
GOOD_CARD = {"number": "4242 4242 4242 4242", "expiry": "09 / 29", "cvc": "123"}
JEANNE = {
    "email": "jeanne@parvis.example",
    "name": "Jeanne Le Goff",
    "shipping_method": "home",
    "country": "FR",
    "line1": "12 rue des Lilas",
    "postcode": "75 011",
    "city": "Paris",
    "key": "form-1",
}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12/29", (2029, 12)),
        ("1 / 2030", (2030, 1)),
        ("0931", (2031, 9)),
        ("2029-07", (2029, 7)),
        ("13/29", None),
        ("00/29", None),
        ("soon", None),
        ("１２/２９", None),
        ("", None),
    ],
)
def test_expiry_dates_are_read_as_people_type_them(typed: str, read: tuple[int, int] | None) -> None:
    assert cards.read_expiry(typed) == read


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "4242 4242 4242 4241"}, "number"),
        ({"expiry": "02/26"}, "expiry"),
        ({"expiry": "99"}, "expiry"),
        ({"cvc": "12"}, "cvc"),
    ],
)
def test_what_is_wrong_with_a_card_is_said_at_its_field(change: dict[str, str], field: str) -> None:
    form = web.CardForm({**GOOD_CARD, **change}, today=TODAY)
    assert list(form.errors) == [field]
    html = render_to_string("checkout/card_fields.html", {"card": form})
    assert 'aria-invalid="true"' in html
    for value in (GOOD_CARD | change).values():
        assert not value or f'value="{value}"' not in html


def test_a_kept_card_needs_nothing_typed() -> None:
    kept = [SavedCard(id=7, brand="visa", last4="4242", exp_month=9, exp_year=2029)]
    form = web.CardForm({"saved": "7"}, today=TODAY, kept=kept)
    assert form.is_valid()
    assert (form.saved_card_id, form.details()) == (7, None)
    another = web.CardForm({"saved": "new", **GOOD_CARD}, today=TODAY, kept=kept, may_save=True)
    assert another.is_valid()
    details = another.details()
    assert details is not None
    assert (details.number, details.exp_month, details.save) == ("4242424242424242", 9, False)
    assert not web.CardForm({"saved": "8"}, today=TODAY, kept=kept).is_valid()


def test_amounts_and_words_in_both_languages() -> None:
    assert web.amount(Money(8900, "EUR"), "fr") == "89,00\xa0€"
    assert web.amount(Money(8900, "EUR"), "en") == "€89.00"
    assert web.amount(Money(8900, "JPY"), "en") == "¥8,900"
    assert set(STATES) == set(OrderState)
    assert web.trail_words("something new") == "something new"
    for code in DECLINES:
        assert web.decline_words(code)
    with translation.override("fr"):
        assert web.state_words(OrderState.PAID) == "Payée, en préparation"
        assert web.trail_words("shipped") == "Expédiée"
    assert len(TRAIL) > 10


def test_the_cookie_is_written_once_and_safely() -> None:
    request = RequestFactory().get("/", secure=True)
    cart = SimpleNamespace(token="t" * 32)
    response = HttpResponse()
    web.remember_cart(request, response, cart)
    cookie = response.cookies[web.CART_COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    request.COOKIES[web.CART_COOKIE] = cart.token
    again = HttpResponse()
    web.remember_cart(request, again, cart)
    assert not again.cookies


@pytest.mark.database
@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def shop(self) -> SmallCatalogue:
        return small_catalogue()

    def form(self, **change: str) -> web.CheckoutForm:
        """The page as it was shown, filled in."""
        cart = queries.cart(TOKEN, locale="fr")
        page = web.CheckoutForm(cart=cart)
        seen = {name: page.fields[name].widget.value for name in ("shown", "ahead", "agreed")}
        return web.CheckoutForm({**JEANNE, **seen, **change}, cart=cart)

    def buy(self, form: web.CheckoutForm, **card: str):
        paper = web.CardForm({**GOOD_CARD, **card}, today=TODAY)
        assert form.is_valid(), form.errors
        assert paper.is_valid(), paper.errors
        return web.buy(
            form,
            paper,
            cart_token=TOKEN,
            locale="fr",
            customer_id=None,
            return_url=lambda token: f"/fr/orders/{token}/",
            at=AT,
        )

    def test_carts_change_by_small_forms(self, shop: SmallCatalogue) -> None:
        dress = str(shop.variants["DR-S"])

        def post(**data: str):
            return web.change_cart(data, token=TOKEN, at=AT, locale="fr")

        assert post(do="add", variant=dress, quantity="2").count == 2
        assert post(do="set", variant=dress, quantity="3").count == 3
        assert post(do="remove", variant=dress).count == 0
        for wrong in ({"do": "steal"}, {"variant": "x"}, {"variant": "9" * 40}, {"variant": dress, "quantity": "²"}):
            with pytest.raises(Invalid):
                post(**wrong)

    def test_one_submit_orders_and_pays(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        bought = self.buy(self.form())
        assert bought is not None
        assert bought.step is not None
        assert bought.step.state is StepState.PAID
        order = queries.order_by_token(bought.order_token)
        assert (order.address.postcode, order.lines[0].name) == ("75011", "Robe en lin")

    def test_the_submit_twice_pays_once(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        first, second = self.form(), self.form()
        one, two = self.buy(first), self.buy(second)
        assert one == two

    def test_a_declined_card_leads_to_the_payment_page(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        bought = self.buy(self.form(), number=DECLINED)
        assert bought is not None
        assert bought.step is not None
        assert (bought.step.state, bought.step.decline_code) == (StepState.DECLINED, "card_declined")

    def test_a_real_card_is_refused_with_words(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        bought = self.buy(self.form(), number="4111 1111 1111 1111")
        assert bought is not None
        assert bought.step is None
        assert "4242 4242 4242 4242" in bought.problem
        assert queries.order_by_token(bought.order_token).state is OrderState.AWAITING_PAYMENT

    def test_a_total_that_moved_is_shown_before_it_is_charged(self, shop: SmallCatalogue) -> None:
        filled_cart({"SW-S": 1}, catalogue=shop)
        page = str(web.CheckoutForm(cart=queries.cart(TOKEN, locale="fr"))["shown"])
        assert "home:6990" in page
        stale = self.form(shown="home:6500,pickup:6500")
        assert self.buy(stale) is None
        assert "69" in str(stale.non_field_errors())
        assert "home:6990" in str(stale["shown"])
        assert self.buy(self.form(shown="home:6990")) is not None

    def test_what_sold_out_is_said(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-M": 2}, catalogue=shop)
        catalog.adjust_stock(variant_id=shop.variants["DR-M"], quantity=-4, reason="lost", at=AT)
        form = self.form()
        assert self.buy(form) is None
        assert form.non_field_errors()

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "jeanne"}, "email"),
            ({"name": ""}, "name"),
            ({"postcode": "7501"}, "postcode"),
            ({"line1": ""}, "line1"),
            ({"shipping_method": "pickup"}, "point"),
            ({"country": "US", "postcode": "10001", "region": "NY"}, "shipping_method"),
            ({"country": "XX"}, "country"),
        ],
    )
    def test_each_fault_is_at_its_field(self, shop: SmallCatalogue, change: dict[str, str], field: str) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        form = self.form(**change)
        assert list(form.errors) == [field]

    def test_a_pickup_needs_no_address(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        assert self.form(shipping_method="pickup", point="lyon-2", line1="", postcode="", city="").is_valid()

    @pytest.mark.parametrize("locale", ["fr", "en"])
    def test_the_fragments_render(self, shop: SmallCatalogue, locale: str) -> None:
        filled_cart({"DR-S": 2, "DR-M": 3, "SW-S": 1}, catalogue=shop)
        catalog.set_price(variant_id=shop.variants["DR-S"], amount_minor=9900, reason="", actor_id=None, at=AT)
        catalog.adjust_stock(variant_id=shop.variants["DR-M"], quantity=-2, reason="lost", at=AT)
        catalog.adjust_stock(variant_id=shop.variants["SW-S"], quantity=-5, reason="lost", at=AT)
        with translation.override(locale):
            cart = queries.cart(TOKEN, locale=locale)
            request = RequestFactory().get("/")
            context = {"cart": cart, "cart_url": "/cart/", "products_url": "/products/"}
            lines = render_to_string("checkout/cart_lines.html", context, request)
            form = web.CheckoutForm(cart=cart)
            fields = render_to_string("checkout/checkout_fields.html", {"form": form}, request)
            sums = render_to_string("checkout/totals.html", {"totals": form.totals()["home"]}, request)
        for token in ("accept_prices", "fit", f"line-{shop.variants['SW-S']}", "/products/linen-dress/"):
            assert token in lines
        assert ("Épuisé" if locale == "fr" else "Sold out") in lines
        assert ("Point de retrait" if locale == "fr" else "Pick-up point") in fields
        assert ("TVA à 20\N{NO-BREAK SPACE}%" if locale == "fr" else "VAT at 20%") in sums
        assert "csrfmiddlewaretoken" in lines
        assert "<c-" not in lines + fields + sums

    def test_a_card_is_not_tried_for_ever(self, shop: SmallCatalogue) -> None:
        filled_cart({"DR-S": 1}, catalogue=shop)
        bought = self.buy(self.form(), number=DECLINED)
        paper = web.CardForm({**GOOD_CARD, "number": DECLINED}, today=TODAY)
        assert paper.is_valid()
        tries = [
            web.pay_with(paper, order_token=bought.order_token, customer_id=None, return_url="/", at=AT)
            for _ in range(9)
        ]
        assert [one.step is not None for one in tries] == [True] * 5 + [False] * 4
        assert tries[-1].problem

    def test_the_second_purchase_is_filled_in(self, shop: SmallCatalogue) -> None:
        claire = people.customer("claire", at=AT)
        assert web.known_details(None) == {}
        assert web.known_details(claire)["email"] == claire.email
        order = paid_order({"DR-S": 1})
        known = web.known_details(claire)
        assert order.customer_id == claire.id
        assert (known["line1"], known["postcode"], known["shipping_method"]) == ("12 rue des Lilas", "75011", "home")
        filled_cart({"DR-S": 1}, catalogue=shop)
        page = str(web.CheckoutForm(cart=queries.cart(TOKEN, locale="fr"), initial=known)["line1"])
        assert "12 rue des Lilas" in page

    def test_the_cart_follows_its_owner(self, shop: SmallCatalogue) -> None:
        claire = people.customer("claire", at=AT)
        request = RequestFactory().get("/")
        empty = web.current_cart(request, customer_id=claire.id, at=AT, locale="fr")
        assert empty.count == 0
        request.COOKIES[web.CART_COOKIE] = TOKEN
        filled_cart({"DR-S": 1}, catalogue=shop)
        mine = web.current_cart(request, customer_id=claire.id, at=AT, locale="fr")
        assert (mine.customer_id, mine.count) == (claire.id, 1)
        elsewhere = RequestFactory().get("/")
        there = web.current_cart(elsewhere, customer_id=claire.id, at=AT, locale="fr")
        assert (there.token, there.count) == (TOKEN, 1)
