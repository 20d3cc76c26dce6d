"""The one address of the server."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from parvis.interfaces.agents.mcp import shop


@csrf_exempt
def mcp(request: HttpRequest) -> HttpResponseBase:
    """POST one JSON-RPC message."""
    return shop.answer(request)
