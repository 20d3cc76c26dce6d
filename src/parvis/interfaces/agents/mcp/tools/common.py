"""What all tools share: how they are made, and how a failure is told so that a model can mend its request."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict

from parvis.core.errors import ParvisError
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.protocol.server import Call, Done, Tool, text
from parvis.interfaces.agents.mcp.words import Shape, plain

_MENDABLE = frozenset({400, 404, 409, 422})
READS = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
"""Hints for tools that change nothing."""


class Arguments(BaseModel):
    """What a tool takes; anything else is a slip of the caller."""

    model_config = ConfigDict(extra="forbid", strict=False)


A = TypeVar("A", bound=Arguments)


def tool(
    *,
    name: str,
    title: str,
    description: str,
    takes: type[A],
    gives: type[Shape],
    run: Callable[[Caller, A], Shape],
    annotations: Mapping[str, Any],
) -> Tool:
    """A tool whose answer is a shape: structured, and the same as text for clients that know only text."""

    def call(context: Call, arguments: A) -> Done:
        caller: Caller = context.caller
        try:
            found = plain(run(caller, arguments))
        except ParvisError as error:
            if error.status not in _MENDABLE:
                raise
            caller.visit.error(error.code, status=200)
            return Done(content=[text(str(error))], error=True)
        return Done(content=[text(orjson.dumps(found).decode())], structured=found)

    return Tool(
        name=name,
        title=title,
        description=description,
        takes=takes,
        gives=gives,
        run=call,
        annotations={"title": title, **annotations},
    )
