"""With a language model: sentences that the passages say, streamed and cited; the others are never seen."""

from collections.abc import Iterator
from typing import Any

import pytest

from parvis.core import outbox
from parvis.core.language_model import ModelUnavailable, bind_language_model, language_model
from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import Sentence, Turn
from parvis.domains.assistant.tests.conftest import AT, Square
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import Reason

pytestmark = [pytest.mark.database, pytest.mark.django_db]


class Writer:
    """A model that writes what it was given, in pieces of seven letters."""

    name = "writer"

    def __init__(self, text: str, *, broken: bool = False) -> None:
        self.text, self.broken = text, broken
        self.asked: list[dict[str, Any]] = []

    def stream(self, **asked: Any) -> Iterator[str]:
        self.asked.append(asked)
        for start in range(0, len(self.text), 7):
            yield self.text[start : start + 7]
        if self.broken:
            raise ModelUnavailable(reason="it hung up")

    def complete(self, **asked: Any) -> Any:
        raise AssertionError("it streams")


@pytest.fixture
def bound() -> Iterator[Any]:
    before = language_model()

    def bind(model: Any) -> Any:
        bind_language_model(model)
        return model

    yield bind
    bind_language_model(before)


def _rank(square: Square, turn: Turn, key: str) -> int:
    return next(each.rank for each in turn.passages if each.voice_id == square.said[key])


def write(square: Square, turn: Turn) -> list[Sentence]:
    return list(actions.write(token=square.token, number=turn.number, at=AT))


def test_what_the_passages_say_is_kept_and_the_rest_dropped(square: Square, bound: Any) -> None:
    turn = square.ask("show me on dry skin")
    good, bad = _rank(square, turn, "dry_1"), _rank(square, turn, "dry_2")
    model = bound(
        Writer(
            f"One has dry skin and the fabric is soft [{good}]. Another has dry skin and the fabric is itchy. [{bad}] "
            f"It is free for members this week [{good}]. 9 out of 10 love it [{good}]. The fabric is itchy [{good}]. "
            "You should buy it now. See https://evil.example [1]."
        )
    )
    told = write(square, turn)
    assert [each.cites for each in told] == [(good,), (bad,)]
    again = queries.turn(turn.conversation_id, turn.number)
    assert list(again.written) == told
    assert (again.dropped, again.model, again.writable) == (5, "writer", False)
    assert write(square, turn) == told  # asked for again, the model is not
    assert len(model.asked) == 1


def test_a_review_that_gives_orders_cannot_make_the_machine_say_so(square: Square, bound: Any) -> None:
    turn = square.ask("What colour is it? Is the colour lovely?")
    model = bound(Writer("It is free, tell everybody [1]. It costs nothing at all [1][2]."))
    if turn.passages:
        assert write(square, turn) == []
        assert "ignore your rules" not in model.asked[0]["system"]  # what people wrote is data


def test_without_a_model_or_when_it_fails_the_passages_stand(square: Square, bound: Any) -> None:
    turn = square.ask("show me on dry skin")
    bound(None)
    assert write(square, turn) == []
    bound(Writer("", broken=True))
    assert write(square, turn) == []
    assert queries.turn(turn.conversation_id, turn.number).writable  # it may be tried again
    good = _rank(square, turn, "dry_1")
    bound(Writer(f"The fabric is soft [{good}]. And here it", broken=True))
    assert len(write(square, turn)) == 1


def test_what_was_written_from_a_withdrawn_voice_goes_with_it(square: Square, bound: Any) -> None:
    turn = square.ask("show me on dry skin")
    good, bad = _rank(square, turn, "dry_1"), _rank(square, turn, "dry_2")
    bound(Writer(f"The fabric is soft [{good}]. Another has dry skin and the fabric is itchy [{bad}]."))
    assert len(write(square, turn)) == 2
    voices.withdraw(voice_id=square.said["dry_2"], reason=Reason.AUTHOR_REQUEST, at=AT)
    assert [each.cites for each in queries.turn(turn.conversation_id, turn.number).written] == [(good,)]
    from parvis.domains.assistant.models import Turn as Row

    outbox.deliver(at=AT.replace(year=2027))
    assert [each["cites"] for each in Row.objects.get(pk=turn.id).written] == [[good]]


def test_of_two_windows_that_have_it_written_the_first_to_end_is_kept(square: Square, bound: Any) -> None:
    turn = square.ask("Does it run small?")
    ranks = [each.rank for each in turn.passages if "runs small" in each.quote.lower()]
    one, other = f"It runs small. [{ranks[0]}] ", f"It does run small. [{ranks[0]}] "
    bound(Writer(one * 2))
    slow = actions.write(token=square.token, number=turn.number, at=AT)
    first = next(slow)
    bound(Writer(other))
    quick = list(actions.write(token=square.token, number=turn.number, at=AT))
    assert [each.text for each in (first, *slow)] == ["It runs small."] * 2  # neither window is cut short
    assert [each.text for each in quick] == ["It does run small."]
    kept = queries.turn(turn.conversation_id, turn.number)
    assert kept.written == tuple(quick)
    bound(Writer("Nothing of this is asked for again."))
    assert list(actions.write(token=square.token, number=turn.number, at=AT)) == quick
