"""How a question is put and an answer read, for each kind of server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from parvis.core.language_model import BadAnswer, Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked, as the port got it."""

    system: str
    messages: Sequence[Message]
    schema: Mapping[str, Any] | None
    max_tokens: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Text and tokens; None where the server does not count."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


class Dialect(Protocol):
    """A kind of server."""

    def request(self, question: Question) -> tuple[str, dict[str, str], dict[str, Any]]:
        """Address, headers and body."""

    def read(self, answer: Mapping[str, Any]) -> Answer:
        """What came back; raises :class:`BadAnswer`."""

    def adapt(self, told: str) -> bool:
        """Whether the server's complaint names something that we can do without; the next request does."""


@dataclass
class OpenAi:
    """``POST {base}/chat/completions``. Servers differ in what they know: what one complains of is left out next."""

    base: str
    model: str
    key: str = field(repr=False)
    formats: list[str] = field(default_factory=lambda: ["json_schema", "json_object", ""])
    limits: list[str] = field(default_factory=lambda: ["max_tokens", "max_completion_tokens"])
    temperature: bool = True

    def request(self, question: Question) -> tuple[str, dict[str, str], dict[str, Any]]:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": question.system},
                *({"role": each.role, "content": each.text} for each in question.messages),
            ],
            self.limits[0]: question.max_tokens,
        }
        if self.temperature:
            body["temperature"] = 0
        if question.schema is not None and self.formats[0] == "json_schema":
            form = {"name": "answer", "strict": True, "schema": question.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif question.schema is not None and self.formats[0]:
            body["response_format"] = {"type": self.formats[0]}
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return f"{self.base}/chat/completions", headers, body

    def read(self, answer: Mapping[str, Any]) -> Answer:
        try:
            choice = answer["choices"][0]
            said = choice["message"]
            text = said.get("content")
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise BadAnswer(reason="it holds no message") from error
        if choice.get("finish_reason") == "length":
            raise BadAnswer(reason="it was cut off")
        if said.get("refusal") or choice.get("finish_reason") == "content_filter":
            raise BadAnswer(reason="the model declines to answer", retry=False)
        if not isinstance(text, str) or not text.strip():
            raise BadAnswer(reason="it is empty")
        used = answer.get("usage") or {}
        return Answer(text=text, tokens_in=_count(used, "prompt_tokens"), tokens_out=_count(used, "completion_tokens"))

    def adapt(self, told: str) -> bool:
        if "response_format" in told or "json_schema" in told:
            return _next(self.formats)
        if "max_completion_tokens" in told or "max_tokens" in told:
            return _next(self.limits)
        if "temperature" in told and self.temperature:
            self.temperature = False
            return True
        return False


@dataclass
class Gemini:
    """``POST {base}/models/{model}:generateContent``; the key goes in a header, never into an address."""

    base: str
    model: str
    key: str = field(repr=False)

    def request(self, question: Question) -> tuple[str, dict[str, str], dict[str, Any]]:
        roles = {"user": "user", "assistant": "model"}
        config: dict[str, Any] = {"maxOutputTokens": question.max_tokens, "temperature": 0}
        if question.schema is not None:
            config |= {"responseMimeType": "application/json", "responseSchema": _open_api(question.schema)}
        body = {
            "systemInstruction": {"parts": [{"text": question.system}]},
            "contents": [{"role": roles[each.role], "parts": [{"text": each.text}]} for each in question.messages],
            "generationConfig": config,
        }
        return f"{self.base}/models/{self.model}:generateContent", {"x-goog-api-key": self.key}, body

    def read(self, answer: Mapping[str, Any]) -> Answer:
        if (answer.get("promptFeedback") or {}).get("blockReason"):
            raise BadAnswer(reason="the model declines to answer", retry=False)
        try:
            found = answer["candidates"][0]
            parts = (found.get("content") or {}).get("parts") or ()
            text = "".join(part["text"] for part in parts if "text" in part and not part.get("thought"))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise BadAnswer(reason="it holds no message") from error
        ended = found.get("finishReason", "STOP")
        if ended == "MAX_TOKENS":
            raise BadAnswer(reason="it was cut off")
        if ended != "STOP":
            raise BadAnswer(reason="the model declines to answer", retry=False)
        if not text.strip():
            raise BadAnswer(reason="it is empty")
        used = answer.get("usageMetadata") or {}
        out = _count(used, "candidatesTokenCount")
        thought = _count(used, "thoughtsTokenCount") or 0  # charged like the answer
        return Answer(
            text=text,
            tokens_in=_count(used, "promptTokenCount"),
            tokens_out=None if out is None else out + thought,
        )

    def adapt(self, told: str) -> bool:
        return False


def _next(choices: list[str]) -> bool:
    if len(choices) < 2:
        return False
    choices.pop(0)
    return True


def _count(used: Mapping[str, Any], name: str) -> int | None:
    found = used.get(name)
    return found if isinstance(found, int) and found >= 0 else None


def _open_api(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema without the words that Gemini's own schema does not know."""
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "additionalProperties":
            continue
        if name == "properties":
            found[name] = {key: _open_api(inner) for key, inner in value.items()}
        elif name == "items":
            found[name] = _open_api(value)
        else:
            found[name] = value
    return found
