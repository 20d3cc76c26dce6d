"""What a server offers: tools, resources, prompts; and what they answer."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from parvis.interfaces.agents.mcp.protocol import messages
from parvis.interfaces.agents.mcp.protocol.messages import INVALID_PARAMS, RpcError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks and how: ``caller`` is whatever the door made of the request. ``answers`` and ``state`` come back with
    the second round of a request that needed input."""

    version: str
    caller: Any = None
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    state: str | None = None

    @property
    def modern(self) -> bool:
        return self.version == messages.MODERN

    def needs(self, capability: str) -> None:
        """Raises :class:`RpcError` where the client does not say that it can do it."""
        if capability not in self.capabilities:
            raise RpcError(
                messages.CAPABILITY_MISSING,
                f"This needs a client that supports {capability}.",
                data={"requiredCapabilities": {capability: {}}},
                status=400,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a tool answers: ``structured`` fits its output schema; ``error``: it could not be done, and ``content`` says
    why, so that the model can mend its request."""

    content: Sequence[Json]
    structured: Json | None = None
    error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsInput:
    """Not before the client has answered these (2026-07-28); ``state`` comes back unread."""

    requests: Mapping[str, Json] = field(default_factory=dict)
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A notification on the way; without a method only a sign of life."""

    method: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request to the client, whose answer is sent into the generator (2025-11-25 and before)."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


Outcome = Done | NeedsInput
Steps = Generator[Say | Ask, Any, Outcome]


def text(words: str) -> Json:
    return {"type": "text", "text": words}


class _Quiet(GenerateJsonSchema):
    """JSON Schema without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def generate(self, schema: Any, mode: Any = "validation") -> JsonSchemaValue:
        made = super().generate(schema, mode)
        for each in (made, *made.get("$defs", {}).values()):
            each.pop("title", None)
        return made


def schema_of(model: type[BaseModel], *, output: bool = False) -> Json:
    """JSON Schema 2020-12 of a model."""
    return model.model_json_schema(schema_generator=_Quiet, mode="serialization" if output else "validation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something a model may call. ``takes`` checks the arguments, or ``schema`` only tells them (and ``run`` gets them
    as they came); ``gives`` is what ``structured`` looks like."""

    name: str
    description: str
    run: Callable[[Call, Any], Outcome | Steps]
    title: str = ""
    takes: type[BaseModel] | None = None
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    gives: type[BaseModel] | None = None
    annotations: Mapping[str, Any] = field(default_factory=dict)

    @property
    def input_schema(self) -> Json:
        return schema_of(self.takes) if self.takes is not None else dict(self.schema)

    def told(self) -> Json:
        """As ``tools/list`` tells it."""
        told: Json = {"name": self.name, "description": self.description, "inputSchema": self.input_schema}
        if self.title:
            told["title"] = self.title
        if self.gives is not None:
            told["outputSchema"] = schema_of(self.gives, output=True)
        if self.annotations:
            told["annotations"] = dict(self.annotations)
        return told


class Resources(Protocol):
    """What can be read by address."""

    def listed(self, call: Call, cursor: str | None) -> tuple[list[Json], str | None]: ...

    def templates(self, call: Call) -> list[Json]: ...

    def read(self, call: Call, uri: str) -> list[Json] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A beginning of a conversation that a person may choose."""

    name: str
    description: str
    run: Callable[[Call, Mapping[str, str]], list[Json] | NeedsInput]
    title: str = ""
    arguments: Sequence[Json] = ()

    def told(self) -> Json:
        told: Json = {"name": self.name, "description": self.description}
        if self.title:
            told["title"] = self.title
        if self.arguments:
            told["arguments"] = [dict(each) for each in self.arguments]
        return told


Handler = Callable[[Call, Json], Json]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server as a whole. ``more`` are further methods of the earlier era, ``more_modern`` of the present one;
    ``listen`` serves ``subscriptions/listen``; ``ask`` sends requests to clients of the earlier era."""

    name: str
    title: str
    version: str
    instructions: str = ""
    website: str = ""
    tools: Sequence[Tool] = ()
    resources: Resources | None = None
    prompts: Sequence[Prompt] = ()
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    capabilities_modern: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Handler] = field(default_factory=dict)
    more_modern: Mapping[str, Handler] = field(default_factory=dict)
    listen: Callable[[Call, Json], Iterator[Say]] | None = None

    def identity(self) -> Json:
        told = {"name": self.name, "title": self.title, "version": self.version}
        return told | ({"websiteUrl": self.website} if self.website else {})

    def declared(self, *, modern: bool) -> Json:
        told: Json = {}
        if self.tools:
            told["tools"] = {}
        if self.resources is not None:
            told["resources"] = {}
        if self.prompts:
            told["prompts"] = {}
        return told | dict(self.capabilities_modern if modern else self.capabilities)

    def tool(self, name: Any) -> Tool:
        found = next((each for each in self.tools if each.name == name), None)
        if found is None:
            raise RpcError(INVALID_PARAMS, f"Unknown tool: {str(name)[:100]}")
        return found
