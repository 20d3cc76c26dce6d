"""Every example that was published with the release fits the published schemas; those that do not are named here, each
with what is wrong with it. None is left out."""

from typing import Any

import pytest

from parvis.interfaces.agents.acp.schemas import CART, PAYMENT, Refused, check
from parvis.interfaces.agents.acp.tests import published

QUANTITY = "Additional properties are not allowed ('quantity' was unexpected)"
CAPABILITIES = "$: 'capabilities' is a required property"
OPTIONS = "$: 'fulfillment_options' is a required property"
# What the examples themselves get wrong, by the part of the release they come from.
OLD_ITEMS = (  # written before line_items, currency and capabilities
    CAPABILITIES,
    "$: 'currency' is a required property",
    "$: 'line_items' is a required property",
    "$: Additional properties are not allowed ('items' was unexpected)",
)
OLD_CHOICE = (  # the option was one level deeper once
    "$.selected_fulfillment_options[0]: 'item_ids' is a required property",
    "$.selected_fulfillment_options[0]: 'option_id' is a required property",
    "$.selected_fulfillment_options[0]: Additional properties are not allowed ('shipping' was unexpected)",
)
OLD_PAYMENT = (  # the token stood beside its provider once
    "$.payment_data: Additional properties are not allowed ('provider', 'token' were unexpected)",
    "$.payment_data: {'token': 'spt_123', 'provider': 'stripe'} is not valid under any of the given schemas",
)
OLD_METHODS = ("$.capabilities: Additional properties are not allowed ('payment_methods' was unexpected)",)
# the schema closes its base object and then adds a field to it, so that nothing fits
CLOSED_BASE = ("$: Additional properties are not allowed ('authentication_result' was unexpected)",)
OLD_WEBHOOK = (  # refunds have become adjustments, and an order has an id
    "$: 'id' is a required property",
    "$: Additional properties are not allowed ('refunds' was unexpected)",
)


def quantity(*places: int) -> tuple[str, ...]:
    """Items in requests have no quantity in the schema, but in many examples."""
    return tuple(f"$.line_items[{place}]: {QUANTITY}" for place in places)


MISTAKES: dict[str, tuple[str, ...]] = {
    "webhook_order_create_event": OLD_WEBHOOK,
    "webhook_order_update_event": OLD_WEBHOOK,
    "authentication_result_denied_example": (  # a denied card has neither
        "$.outcome_details: 'electronic_commerce_indicator' is a required property",
        "$.outcome_details: 'three_ds_cryptogram' is a required property",
    ),
    "create_multi_item_checkout_request": (CAPABILITIES,),
    "create_multi_item_checkout_response": (
        "$.line_items[0].totals[0].type: 'base_amount' is not one of",
        "$.line_items[1].totals[0].type: 'base_amount' is not one of",
        "$.protocol: Additional properties are not allowed ('capabilities' was unexpected)",
        CAPABILITIES,
    ),
    **{
        f"retrieve_session_response_{outcome}": CLOSED_BASE
        for outcome in ("authenticated", "attempted", "not_authenticated", "rejected", "challenge_abandoned")
    },
    "tool create_checkout_session_response": ("$.links[0].type: 'terms_of_service' is not one of",),
    "tool get_checkout_session_response": (OPTIONS,),
    "tool update_checkout_session_request": OLD_CHOICE,
    "tool update_checkout_session_response": (OPTIONS,),
    "tool complete_checkout_session_request": (
        "$.payment_data.instrument: 'credential' is a required property",
        "$.payment_data.instrument: 'type' is a required property",
    ),
    "tool complete_checkout_session_response": (OPTIONS,),
    "tool cancel_checkout_session_response": (OPTIONS,),
    **{
        f"discount {name} request": (*quantity(*range(items)), CAPABILITIES)
        for name, items in (
            ("automatic-discount", 1),
            ("order-level-discount", 1),
            ("percentage-discount-with-allocations", 2),
            ("rejected-discount-code", 1),
            ("stacked-discounts", 2),
        )
    },
    **{
        f"discount {name} response": OLD_METHODS
        for name in (
            "automatic-discount",
            "order-level-discount",
            "percentage-discount-with-allocations",
            "rejected-discount-code",
            "stacked-discounts",
        )
    },
}
INSIDE_DESCRIPTIONS: dict[str, tuple[str, ...]] = {
    **{
        f"agentic_checkout post /checkout_sessions request {name}": OLD_ITEMS
        for name in ("minimal", "with_address", "with_first_touch_attribution")
    },
    "agentic_checkout post /checkout_sessions/{checkout_session_id} request set_fulfillment_option": OLD_CHOICE,
    **{
        f"agentic_checkout post /checkout_sessions/{{checkout_session_id}}/complete request {name}": OLD_PAYMENT
        for name in ("basic", "with_affiliate_attribution")
    },
    "cart post /carts request minimal": quantity(0),
    "cart post /carts request with_buyer": quantity(0, 1),
    "cart put /carts/{id} request update_quantity": quantity(0, 1),
    "cart post /carts 201 created": tuple(
        f"$.{place}: 'display_text' is a required property"
        for place in ("line_items[0].totals[0]", "line_items[1].totals[0]", "totals[0]", "totals[1]")
    ),
    "delegate_authentication post /delegate_authentication request minimal": (
        "$: Additional properties are not allowed ('acquirer_bin', 'acquirer_merchant_id' were unexpected)",
    ),
    **{
        f"delegate_authentication get /delegate_authentication/{{authentication_session_id}} 200 {outcome}": CLOSED_BASE
        for outcome in ("authenticated", "not_authenticated")
    },
    # the closed lists of words have no word for these answers
    "delegate_payment post /agentic_commerce/delegate_payment 401 unauthorized": (
        "$.code: 'unauthorized' is not one of",
        "$.type: 'unauthorized' is not one of",
    ),
    "delegate_payment post /agentic_commerce/delegate_payment 429 rate_limit_exceeded": (
        "$.code: 'rate_limit_exceeded' is not one of",
    ),
    "delegate_payment post /agentic_commerce/delegate_payment 500 internal_server_error": (
        "$.code: 'internal_server_error' is not one of",
        "$.type: 'internal_server_error' is not one of",
    ),
    "delegate_payment post /agentic_commerce/delegate_payment 503 service_unavailable": (
        "$.code: 'service_unavailable' is not one of",
    ),
}
FILES = list(published.examples())
DESCRIBED = list(published.described())


def same(found: list[str], known: tuple[str, ...]) -> bool:
    return len(found) == len(known) and all(
        problem.startswith(start) for problem, start in zip(found, sorted(known), strict=True)
    )


@pytest.mark.parametrize(("name", "file", "definition", "document"), FILES, ids=[each[0] for each in FILES])
def test_a_published_example_fits_its_schema(name: str, file: str, definition: str, document: Any) -> None:
    found = published.problems(file, definition, document)
    assert same(found, MISTAKES.get(name, ())), found


@pytest.mark.parametrize(("name", "file", "reference", "document"), DESCRIBED, ids=[each[0] for each in DESCRIBED])
def test_an_example_inside_a_description_fits_it(name: str, file: str, reference: str, document: Any) -> None:
    found = published.described_problems(file, reference, document)
    assert same(found, INSIDE_DESCRIPTIONS.get(name, ())), found


def test_none_is_left_out_and_no_mistake_is_made_up() -> None:
    assert len(FILES) == 95
    assert len(DESCRIBED) == 73
    assert set(MISTAKES) <= {each[0] for each in FILES}
    assert set(INSIDE_DESCRIPTIONS) <= {each[0] for each in DESCRIBED}


@pytest.mark.parametrize(
    ("file", "definition", "body", "param", "word"),
    [
        (CART, "CartCreateRequest", {}, "$.line_items", "missing"),
        (CART, "CartCreateRequest", {"line_items": []}, "$.line_items", "invalid"),
        (CART, "CartCreateRequest", {"line_items": [{"id": 5}]}, "$.line_items[0].id", "invalid"),
        (CART, "CartCreateRequest", {"line_items": [{"id": "a"}], "x y": 1}, '$["x y"]', "unknown_field"),
        (
            CART,
            "CartCreateRequest",
            {"line_items": [{"id": "a"}], "buyer": {"email": "no"}},
            "$.buyer.email",
            "invalid",
        ),
        (PAYMENT, "Allowance", {"reason": "one_time"}, "$.max_amount", "missing"),
    ],
    ids=["missing", "empty", "type", "unknown", "format", "required"],
)
def test_what_does_not_fit_is_refused_with_its_place(
    file: str, definition: str, body: Any, param: str, word: str
) -> None:
    with pytest.raises(Refused) as caught:
        check(file, definition, body)
    assert (caught.value.params["param"], caught.value.code) == (param, word)


def test_a_refusal_never_repeats_what_was_sent() -> None:
    secret = "4242424242424242"
    whole = {"type": "card", "card_number_type": "fpan", "number": secret,
             "display_card_funding_type": "credit", "metadata": {}}  # fmt: skip
    check(PAYMENT, "PaymentMethodCard", whole)
    for name, wrong in (("number", int(secret)), ("exp_month", secret), ("cvc", secret), ("type", secret),
                        ("display_last4", secret), ("metadata", secret)):  # fmt: skip
        with pytest.raises(Refused) as caught:
            check(PAYMENT, "PaymentMethodCard", {**whole, name: wrong})
        assert caught.value.params["param"] == f"$.{name}"
        assert secret not in str(caught.value)
