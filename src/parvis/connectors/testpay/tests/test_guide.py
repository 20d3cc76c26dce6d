"""The guide tells of every test card and every state of an order."""

import re
from pathlib import Path

from parvis.connectors.testpay.cards import CARDS
from parvis.domains.checkout.contracts import DifferenceKind, OrderState
from parvis.domains.checkout.rules.orders import TRANSITIONS

GUIDE = Path(__file__).resolve().parents[5] / "docs" / "checkout.md"


def test_every_card_is_in_the_guide() -> None:
    told = {re.sub(r"\s", "", number) for number in re.findall(r"\b\d{4}[\d ]{10,17}\d\b", GUIDE.read_text())}
    assert told == set(CARDS)


def test_every_state_is_in_the_guide_with_what_it_leads_to() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", GUIDE.read_text(), re.MULTILINE)
    told = {OrderState(state): set(re.findall(r"`(\w+)`", after)) for state, after in rows}
    assert told == {state: {after.value for after in ways.values()} for state, ways in TRANSITIONS.items()}


def test_every_difference_is_in_the_guide() -> None:
    text = (GUIDE.parent / "payments.md").read_text()
    assert [kind for kind in DifferenceKind if f"`{kind.value}`" not in text] == []
