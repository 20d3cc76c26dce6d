"""Which conversation a browser holds. Its cookie is the key, lives as long as the browser's session, and opens nothing
that belongs to somebody else."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import Conversation

COOKIE = "parvis_assistant"


def current_token(request: HttpRequest, *, customer_id: int | None) -> str:
    """The token of the conversation that this browser may go on with; "" when there is none.

    A visitor's conversation becomes the customer's who signs in; after signing out, or under another account, it is
    closed to the browser. A customer who comes back elsewhere finds the latest one again.
    """
    held = request.COOKIES.get(COOKIE, "")[:40]
    if held and queries.known_token(held, customer_id=customer_id):
        if customer_id is not None:
            actions.adopt(token=held, customer_id=customer_id)
        return held
    if customer_id is not None:
        mine = queries.conversations_of(customer_id, limit=1)
        return mine[0].token if mine else ""
    return ""


def current(request: HttpRequest, *, customer_id: int | None) -> Conversation | None:
    """The conversation itself, or None."""
    token = current_token(request, customer_id=customer_id)
    return queries.conversation_by_token(token) if token else None


def hold(response: HttpResponse, token: str) -> HttpResponse:
    """Give the browser its key."""
    response.set_cookie(COOKIE, token, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response
