"""An answer as it is written: piece by piece, charged and logged once, also when it breaks off or is not streamed."""

import pytest

from parvis.connectors.llm.models import Call, Spending
from parvis.connectors.llm.simulator import Mishap, Simulator
from parvis.connectors.llm.tests.test_model import ASK, model
from parvis.core.language_model import BudgetSpent, ModelUnavailable, pieces

pytestmark = [pytest.mark.database, pytest.mark.django_db]
WORDS = "This is the simulator: it looks words up and understands nothing."


@pytest.fixture
def server():
    with Simulator() as running:
        yield running


def test_words_come_in_pieces_and_are_charged_once(server):
    told = list(pieces(model(server), **ASK, purpose="assistant"))
    assert len(told) > 3
    assert "".join(told) == WORDS
    assert server.asked[0].body["stream"] is True
    call = Call.objects.get()
    assert (call.outcome, call.purpose, call.estimated) == ("answered", "assistant", True)
    assert Spending.objects.get().spent_minor == call.cost_minor > 0


def iter_into(kept, told):
    """Keep each piece as it comes, since the end may never."""
    for piece in told:
        kept.append(piece)
    return ()


@pytest.mark.parametrize(
    "mishap", [Mishap(cut=True), Mishap(status=500), Mishap(closed=True)], ids=["cut", "500", "gone"]
)
def test_what_breaks_off_is_told_and_not_tried_again(server, mishap):
    server.mishaps.append(mishap)
    got = []
    with pytest.raises(ModelUnavailable):
        got.extend(iter_into(got, model(server).stream(**ASK)))
    assert bool(got) is mishap.cut  # what came before stands
    assert Call.objects.get().outcome != "answered"
    assert len(server.asked) <= 1


def test_a_server_that_does_not_stream_answers_whole(server):
    server.mishaps.append(Mishap(status=400))
    assert list(model(server).stream(**ASK)) == [WORDS]
    assert list(model(server, "gemini").stream(**ASK)) == [WORDS]


def test_whoever_stops_reading_leaves_nothing_open(server):
    told = model(server).stream(**ASK)
    next(told)
    told.close()
    assert Call.objects.get().tokens_out > 0


def test_the_budget_bounds_it(server):
    with pytest.raises(BudgetSpent):
        list(model(server, cap_minor=0).stream(**ASK))
    assert not server.asked
