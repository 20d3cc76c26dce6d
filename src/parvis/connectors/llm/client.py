"""The language model of the settings, as ``core.language_model`` wants it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import httpx
import structlog

from parvis.connectors.llm import costs, schema, streaming, transport
from parvis.connectors.llm.dialects import Answer, Dialect, Gemini, OpenAi, Question
from parvis.connectors.llm.models import Call
from parvis.connectors.llm.options import Options
from parvis.core.clock import now
from parvis.core.language_model import BadAnswer, Completion, LanguageModel, Message, ModelUnavailable

log = structlog.get_logger("parvis.llm")
_ADAPTATIONS = 4


class Model:
    """A :class:`LanguageModel` over HTTP. One for a process; safe in threads."""

    def __init__(self, options: Options, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.options = options
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self.options.model

    @cached_property
    def _dialect(self) -> Dialect:
        maker = Gemini if self.options.kind == "gemini" else OpenAi
        return maker(base=self.options.base.rstrip("/"), model=self.options.model, key=self.options.key)

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
        """See :class:`LanguageModel`."""
        question = Question(system=system, messages=messages, schema=schema, max_tokens=max_tokens)
        at, begun = now(), time.monotonic()
        most = self.options.price.of(_tokens(system, *(each.text for each in messages)), max_tokens)
        costs.reserve(most, cap=self.options.cap_minor, at=at)
        trip = transport.Trip()
        spent = Decimal(0)
        try:
            with httpx.Client(follow_redirects=False, trust_env=False) as client:
                answer = self._ask(client, question, begun + timeout, trip)
            made = self._completion(question, answer, begun, trip)
            spent = made.cost_minor
        except BadAnswer as error:
            # an answer that cannot be used was made and is charged all the same
            spent = error.completion.cost_minor if error.completion else most
            self._log_failure(at, purpose, error, spent, begun, trip)
            raise
        except ModelUnavailable as error:
            spent = most if trip.lost else Decimal(0)
            self._log_failure(at, purpose, error, spent, begun, trip)
            raise
        finally:
            costs.settle(most, spent, at=at)
        self._log(at, purpose, made, "answered")
        return made

    def stream(
        self,
        *,
        system: str,
        messages: Sequence[Message],
        max_tokens: int = 512,
        timeout: float = 20.0,
        purpose: str = "",
    ) -> Iterator[str]:
        """See :class:`StreamingModel`. Gemini, and a server that does not stream, answer in one piece."""
        question = Question(system=system, messages=messages, schema=None, max_tokens=max_tokens)
        if not isinstance(self._dialect, OpenAi):
            yield self._whole(question, timeout, purpose)
            return
        at, begun, got = now(), time.monotonic(), ""
        sent = _tokens(system, *(each.text for each in messages))
        most = self.options.price.of(sent, max_tokens)
        costs.reserve(most, cap=self.options.cap_minor, at=at)
        spent, outcome = most, ModelUnavailable.code  # an answer that broke off is charged at its most
        refused = False
        try:
            url, headers, body = self._dialect.request(question)
            for piece in streaming.pieces(url, body=body, headers=headers, deadline=begun + timeout):
                got += piece
                yield piece
            spent, outcome = self.options.price.of(sent, _tokens(got)), "answered"
        except transport.Refused as error:
            spent, refused, outcome = Decimal(0), error.params["status"] in (400, 404, 422), error.code
            if not refused:
                raise
        finally:
            costs.settle(most, spent, at=at)
            Call.objects.create(
                at=at,
                purpose=purpose[:40],
                model=self.options.model[:120],
                outcome=outcome,
                tokens_in=sent,
                tokens_out=_tokens(got) if got else 0,
                cost_minor=spent,
                estimated=True,
                latency_ms=round(1000 * (time.monotonic() - begun)),
            )
        if refused:
            yield self._whole(question, timeout, purpose)

    def _whole(self, question: Question, timeout: float, purpose: str) -> str:
        return self.complete(
            system=question.system,
            messages=question.messages,
            max_tokens=question.max_tokens,
            timeout=timeout,
            purpose=purpose,
        ).text

    def _ask(
        self, client: httpx.Client, question: Question, deadline: float, trip: transport.Trip
    ) -> Mapping[str, Any]:
        for _ in range(_ADAPTATIONS):
            url, headers, body = self._dialect.request(question)
            try:
                return transport.post(
                    client, url, body=body, headers=headers, deadline=deadline, trip=trip, sleep=self._sleep
                )
            except transport.Refused as error:
                if error.params["status"] not in (400, 422) or not self._dialect.adapt(error.params["told"]):
                    log.warning("the language model refuses", status=error.params["status"])
                    raise
        raise ModelUnavailable(reason="the server wants another form of request", retry=False)

    def _completion(self, question: Question, raw: Mapping[str, Any], begun: float, trip: transport.Trip) -> Completion:
        answer = self._dialect.read(raw)
        completion = self._measured(question, answer, begun, trip)
        if question.schema is None:
            return completion
        try:
            found = schema.parse(answer.text, question.schema)
        except BadAnswer as error:
            raise BadAnswer(completion=completion, **error.params) from error
        return self._measured(question, answer, begun, trip, found)

    def _measured(
        self,
        question: Question,
        answer: Answer,
        begun: float,
        trip: transport.Trip,
        found: Mapping[str, Any] | None = None,
    ) -> Completion:
        sent = answer.tokens_in
        if sent is None:
            sent = _tokens(question.system, *(each.text for each in question.messages))
        got = answer.tokens_out if answer.tokens_out is not None else _tokens(answer.text)
        return Completion(
            text=answer.text,
            json=found,
            model=self.options.model,
            tokens_in=sent,
            tokens_out=got,
            cost_minor=self.options.price.of(sent, got),
            latency_ms=round(1000 * (time.monotonic() - begun)),
            attempts=trip.attempts,
        )

    def _log(self, at: datetime, purpose: str, made: Completion, outcome: str) -> None:
        Call.objects.create(
            at=at,
            purpose=purpose[:40],
            model=made.model[:120],
            outcome=outcome,
            attempts=made.attempts,
            tokens_in=made.tokens_in,
            tokens_out=made.tokens_out,
            cost_minor=made.cost_minor,
            latency_ms=made.latency_ms,
        )

    def _log_failure(
        self, at: datetime, purpose: str, error: ModelUnavailable, spent: Decimal, begun: float, trip: transport.Trip
    ) -> None:
        known = error.completion if isinstance(error, BadAnswer) else None
        Call.objects.create(
            at=at,
            purpose=purpose[:40],
            model=self.options.model[:120],
            outcome=error.code,
            attempts=trip.attempts,
            tokens_in=known.tokens_in if known else 0,
            tokens_out=known.tokens_out if known else 0,
            cost_minor=spent,
            estimated=known is None and spent > 0,
            latency_ms=round(1000 * (time.monotonic() - begun)),
        )


def _tokens(*texts: str) -> int:
    """No fewer tokens than most texts have: a token is rarely shorter than three bytes."""
    return sum(len(text.encode("utf-8", "surrogatepass")) // 3 + 8 for text in texts)


def from_options(options: Options | None) -> LanguageModel | None:
    """The model of the settings, or None without one."""
    return None if options is None else Model(options)
