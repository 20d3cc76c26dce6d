"""A language model behind one small typed door, optional everywhere: nothing in Parvis needs one to work.

A domain asks ``language_model()`` and goes on without when it gives None. Whoever asks remembers that the answer is
what a stranger says: it is checked against the schema that was asked for, and never decides alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from parvis.core.errors import ParvisError


class ModelUnavailable(ParvisError):
    """The model did not answer; ``reason`` says why, and ``retry`` whether asking later makes sense."""

    code = "model_unavailable"
    status = 502
    template = "The language model did not answer: %(reason)s."

    @property
    def retry(self) -> bool:
        return bool(self.params.get("retry", True))


class BudgetSpent(ModelUnavailable):
    """The day's budget is used up: ask tomorrow."""

    code = "model_budget_spent"
    status = 429
    template = "The language model's budget of the day is spent: %(reason)s."


class BadAnswer(ModelUnavailable):
    """The model answered something else than what was asked for; ``completion`` is what it cost all the same."""

    code = "model_bad_answer"
    template = "The language model's answer cannot be used: %(reason)s."

    def __init__(self, *, completion: "Completion | None" = None, **params: Any) -> None:
        self.completion = completion
        super().__init__(**params)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Completion:
    """An answer and what it took. ``json`` is filled when a schema was given, and satisfies it.

    ``cost_minor`` is in minor units of the shop's currency (cents), with decimals: one answer costs a small part of
    one. ``latency_ms`` counts from the first attempt to the last byte; ``attempts`` says how many there were.
    """

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    cost_minor: Decimal
    latency_ms: int
    json: Mapping[str, Any] | None = None
    attempts: int = 1


class LanguageModel(Protocol):
    """What a connector implements."""

    @property
    def name(self) -> str:
        """The model as it is called where it runs."""

    def complete(
        self,
        *,
        system: str,
        messages: Sequence[Message],
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        timeout: float = 20.0,
        purpose: str = "",
    ) -> Completion:
        """Ask, outside of any transaction. With ``schema`` (a JSON schema of an object: type, properties, required,
        enum, items, lengths and ranges) the answer is JSON that satisfies it. ``timeout`` in seconds bounds all
        attempts together; ``purpose`` names the use in the log of costs.

        Raises :class:`ModelUnavailable`, :class:`BudgetSpent` or :class:`BadAnswer`.
        """


class StreamingModel(LanguageModel, Protocol):
    """A model that also gives its words as they come."""

    def stream(
        self,
        *,
        system: str,
        messages: Sequence[Message],
        max_tokens: int = 512,
        timeout: float = 20.0,
        purpose: str = "",
    ) -> Iterator[str]:
        """Pieces of the answer's text, with the bounds and errors of :meth:`LanguageModel.complete`; nothing is tried
        again once a piece was given. Whoever stops reading early has it charged as far as it is known."""


def pieces(
    model: LanguageModel,
    *,
    system: str,
    messages: Sequence[Message],
    max_tokens: int = 512,
    timeout: float = 20.0,
    purpose: str = "",
) -> Iterator[str]:
    """The answer's text piece by piece where the model can, else in one piece."""
    asked: dict[str, Any] = {
        "system": system, "messages": messages, "max_tokens": max_tokens, "timeout": timeout, "purpose": purpose,
    }  # fmt: skip
    stream = getattr(model, "stream", None)
    if stream is not None:
        yield from stream(**asked)
    else:
        yield model.complete(**asked).text


_bound: dict[str, LanguageModel] = {}


def bind_language_model(model: LanguageModel | None) -> None:
    """Called by project/wiring.py, and by tests; None unbinds."""
    _bound.clear()
    if model is not None:
        _bound["model"] = model


def language_model() -> LanguageModel | None:
    """The bound model, or None: then everything goes on without one."""
    return _bound.get("model")
