"""The programs that ask: those with a document of their own (client id metadata documents), and those that"
" registered."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import orjson
from django.conf import settings

from parvis.core import outbound
from parvis.core.errors import Invalid, ParvisError
from parvis.core.outbound import AddressRefused
from parvis.domains.people import actions, queries, rules
from parvis.domains.people.contracts import Assistant

FRESH = timedelta(hours=1)
MOST_BYTES = 5 * 1024  # what the draft recommends as the most


class UnknownProgram(ParvisError):
    """``reason`` says what is wrong with its name or with its document."""

    code = "invalid_client"
    status = 400
    template = "The program that sent you here is not known to this shop, or does not say clearly who it is."


def find(client_id: str, *, at: datetime) -> Assistant:
    """The program with this client id; one that is an address is asked about itself, at most once an hour. Raises
    :class:`UnknownProgram`."""
    if not 0 < len(client_id) <= 500 or "\x00" in client_id:
        raise UnknownProgram(reason="its name is missing or too long")
    known = queries.assistant(client_id)
    if not rules.described_by_itself(client_id):
        if known is None:
            raise UnknownProgram(reason="it has not registered")
        return known
    if known is not None and known.fresh_until is not None and known.fresh_until > at:
        return known
    return _remembered(client_id, _document(client_id), at=at)


def _document(address: str) -> dict[str, Any]:
    """What the program says of itself. Only public https addresses are asked, redirects are not followed."""
    try:
        reply = outbound.get(
            address,
            most=MOST_BYTES + 1,
            headers={"Accept": "application/json"},
            allowed=settings.OUTBOUND_ALLOWED,
        )
    except (AddressRefused, httpx.HTTPError) as error:
        raise UnknownProgram(reason="its address cannot be asked") from error
    if reply.status != 200 or len(reply.body) > MOST_BYTES:
        raise UnknownProgram(reason="its address gives no document")
    try:
        found = orjson.loads(reply.body)
    except orjson.JSONDecodeError as error:
        raise UnknownProgram(reason="its document is not JSON") from error
    if not isinstance(found, dict) or found.get("client_id") != address:
        raise UnknownProgram(reason="its document is another's")
    if "client_secret" in found or found.get("token_endpoint_auth_method", "none") != "none":
        raise UnknownProgram(reason="its document asks for a secret, which it cannot keep")
    return found


def _remembered(client_id: str, found: dict[str, Any], *, at: datetime) -> Assistant:
    name, redirects, home = found.get("client_name"), found.get("redirect_uris"), found.get("client_uri", "")
    if not isinstance(name, str) or not isinstance(redirects, list) or not isinstance(home, str):
        raise UnknownProgram(reason="its document has no name or no addresses")
    if any(not isinstance(each, str) for each in redirects):
        raise UnknownProgram(reason="its document has no addresses")
    try:
        return actions.remember_assistant(
            client_id=client_id,
            name=name,
            redirects=redirects,
            home=home if rules.redirect_parts(home) else "",
            described=True,
            fresh_until=at + FRESH,
            at=at,
        )
    except Invalid as error:
        raise UnknownProgram(reason=str(error)) from error
