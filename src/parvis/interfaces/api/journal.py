"""What shopping agents ask of the API, in the journal of all their doors; the brand's own programs have none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

from django.http import HttpRequest

from parvis.domains.people.contracts import Token
from parvis.interfaces.agents.door import Visit, noted
from parvis.interfaces.api.auth import caller, operation
from parvis.interfaces.api.checkout_shapes import ChangeIn, CheckoutIn, CompleteIn


@contextmanager
def in_journal(request: HttpRequest, token: str = "") -> Iterator[Visit]:
    """One call that reached its operation; ``token`` is the checkout's."""
    agent = caller(request).agent
    visit = Visit(protocol="api", operation=operation(request), agent=agent, session=token)
    with nullcontext(visit) if agent is None else noted(visit):
        yield visit


def refused(request: HttpRequest, *, status: int, code: str, place: Sequence[str] = ()) -> None:
    """A call that was refused before its operation: its body cannot be read, or does not fit the schema at ``place``.
    Nothing of what it holds is kept, and no name that the caller has made up."""
    known = getattr(request, "auth", None)
    if not isinstance(known, Token) or known.agent is None:
        return
    path = getattr(request.resolver_match, "kwargs", {})
    with in_journal(request, str(path.get("token", ""))) as visit:
        visit.error(code, status=status, where=".".join(_known(place)))


def _known(place: Sequence[str]) -> Iterator[str]:
    for part in place:
        if not (part.isdecimal() or part in _names()):
            return
        yield part


@cache
def _names() -> frozenset[str]:
    """All names that checkouts' bodies may hold."""
    found = {"body", "query", "path", "token"}
    for shape in (CheckoutIn, ChangeIn, CompleteIn):
        whole: dict[str, Any] = shape.model_json_schema()
        for each in (whole, *whole.get("$defs", {}).values()):
            found |= each.get("properties", {}).keys()
    return frozenset(found)
