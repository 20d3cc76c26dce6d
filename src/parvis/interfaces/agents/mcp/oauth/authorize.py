"""The page on which a customer says what an assistant may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from csp.constants import SELF
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance
from parvis.domains.people import actions, queries, rules
from parvis.domains.people.contracts import Assistant, GrantScope
from parvis.domains.people.web import current_customer
from parvis.interfaces.agents.mcp.gate import resource
from parvis.interfaces.agents.mcp.oauth import clients
from parvis.interfaces.operations.address import client_address
from parvis.interfaces.operations.middleware import told

ASKING = Allowance("oauth-authorize", burst=30, per_minute=30)
_PARAMETERS = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
    "resource",
)  # fmt: skip
_LONGEST_STATE = 2000
SCOPES: Mapping[GrantScope, tuple[Any, Any]] = {
    GrantScope.ORDERS: (
        _("See my orders"),
        _("What I ordered, where it is, and answers about it. Not my addresses, not my cards."),
    ),
    GrantScope.CHECKOUT: (
        _("Prepare purchases"),
        _("Fill a checkout with my saved name and address. I see it here and confirm and pay it myself, each time."),
    ),
}


@dataclass(frozen=True)
class Asked:
    """A request that may be shown to the customer."""

    assistant: Assistant
    redirect_uri: str
    scopes: tuple[GrantScope, ...]
    state: str
    challenge: str
    resource: str


class SentBack(Exception):
    """What is wrong is told to the program, at its own address: once the customer has seen where that is and goes
    there herself. Anybody can register an address, so that we send nobody to one unasked (RFC 9700, 4.11.2)."""

    def __init__(self, redirect_uri: str, error: str, words: str, state: str) -> None:
        super().__init__(words)
        self.redirect_uri, self.error, self.words, self.state = redirect_uri, error, words, state


class BadRequest(ParvisError):
    """What is wrong is told to the person, since the program's address cannot be trusted."""

    code = "invalid_request"
    status = 400
    template = "The program that sent you here asked in a way that cannot be trusted."


@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """GET shows what is asked, POST takes the customer's word."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        limits.spend(ASKING, caller=client_address(request), at=now())
        assistant, uri = _who(given)
        queries.require_running(_agent_of(assistant))
    except ParvisError as error:
        return _page(
            request, "refused", {"message": told(error), "reason": error.params.get("reason")}, status=error.status
        )
    if not request.user.is_authenticated:
        again = f"{request.path}?{urlencode([(key, given[key]) for key in _PARAMETERS if key in given])}"
        return redirect_to_login(again, resolve_url("account_login"))
    if current_customer(request) is None:
        message = gettext("Confirm your e-mail address first; then come back from your assistant.")
        return _page(request, "refused", {"message": message}, status=403)
    try:
        asked = _asked(given, assistant, uri)
    except SentBack as error:
        return _told_wrong(request, error)
    return _decided(request, asked) if request.method == "POST" else _consent(request, asked)


def _who(given: QueryDict) -> tuple[Assistant, str]:
    """The program and its address, of which nothing may be doubtful before anybody is sent there."""
    for name in _PARAMETERS:
        if len(given.getlist(name)) > 1 or "\x00" in given.get(name, ""):
            raise BadRequest(reason=f"{name} came twice")
    if len(given.get("state", "")) > _LONGEST_STATE:
        raise BadRequest(reason="state is too long")
    assistant = clients.find(given.get("client_id", ""), at=now())
    uri = given.get("redirect_uri", "")
    if not uri and len(assistant.redirects) == 1:
        uri = assistant.redirects[0]
    if not rules.may_redirect(uri, assistant.redirects):
        raise BadRequest(reason="redirect_uri is not registered")
    return assistant, uri


def _asked(given: QueryDict, assistant: Assistant, uri: str) -> Asked:
    state = given.get("state", "")

    def no(error: str, words: str) -> SentBack:
        return SentBack(uri, error, words, state)

    if given.get("response_type") != "code":
        raise no("unsupported_response_type", "Only code.")
    challenge = given.get("code_challenge", "")
    if given.get("code_challenge_method") != "S256" or not rules.plausible_challenge(challenge):
        raise no("invalid_request", "PKCE is needed: code_challenge with code_challenge_method S256.")
    target = given.get("resource", "")
    if target and target.rstrip("/") != resource():
        raise no("invalid_target", "Tokens are only given for this shop's MCP server.")
    words = given.get("scope", "").split()
    scopes = queries.scopes_of(words)
    if words and len(scopes) != len(set(words)):
        raise no("invalid_scope", "A scope is not known.")
    wanted = tuple(each for each in GrantScope if each in scopes or not words)
    return Asked(assistant, uri, wanted, state, challenge, resource())


def _agent_of(assistant: Assistant) -> Any:
    return queries.agent(assistant.agent_id) if assistant.agent_id is not None else None


def _decided(request: HttpRequest, asked: Asked) -> HttpResponse:
    if request.POST.get("decision") != "allow":
        return _back(asked.redirect_uri, state=asked.state, error="access_denied")
    chosen = [each for each in asked.scopes if each.value in request.POST.getlist("allowed")]
    if not chosen:
        return _consent(request, asked, nothing=True)
    try:
        code = actions.allow(
            account_id=int(request.user.pk or 0),
            client_id=asked.assistant.client_id,
            scopes=chosen,
            redirect_uri=asked.redirect_uri,
            challenge=asked.challenge,
            resource=asked.resource,
            at=now(),
        )
    except ParvisError as error:
        return _page(request, "refused", {"message": told(error)}, status=error.status)
    return _back(asked.redirect_uri, state=asked.state, code=code)


def _consent(request: HttpRequest, asked: Asked, *, nothing: bool = False) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    target = urlsplit(asked.redirect_uri)
    context = {
        "assistant": asked.assistant,
        "place": target.netloc,
        "own_machine": target.hostname in rules.LOOPBACK,
        "home": urlsplit(asked.assistant.client_id).hostname if asked.assistant.described else "",
        "scopes": [(each.value, *SCOPES[each]) for each in asked.scopes],
        "kept": [(key, given[key]) for key in _PARAMETERS if key in given],
        "nothing": nothing,
    }
    answer = _page(request, "consent", context, status=422 if nothing else 200)
    # Browsers hold the form's own redirect against form-action: the answer must be let go where it was asked for.
    # A policy cannot name an address in brackets (IPv6): there the scheme has to do.
    place = f"{target.scheme}:" if "[" in target.netloc else f"{target.scheme}://{target.netloc}"
    answer._csp_update = {"form-action": [SELF, place]}  # type: ignore[attr-defined]  # read by the library
    return answer


def _told_wrong(request: HttpRequest, error: SentBack) -> HttpResponse:
    """The program asked for something that cannot be: a page that says so, with the way back to it."""
    context = {
        "message": gettext("The program asked in a way that this shop does not understand."),
        "reason": error.words,
        "place": urlsplit(error.redirect_uri).netloc,
        "back": _address(error.redirect_uri, state=error.state, error=error.error, error_description=error.words),
    }
    return _page(request, "refused", context, status=400)


def _address(redirect_uri: str, *, state: str, **more: str) -> str:
    """The program's address, with what it asked for or why not, and who says so (RFC 9207)."""
    parts = urlsplit(redirect_uri)
    told_ = [*parse_qsl(parts.query, keep_blank_values=True), *more.items(), ("iss", settings.PUBLIC_URL)]
    if state:
        told_.append(("state", state))
    return parts._replace(query=urlencode(told_)).geturl()


def _back(redirect_uri: str, *, state: str, **more: str) -> HttpResponse:
    """To the program, since the customer has decided."""
    answer = HttpResponseRedirect(_address(redirect_uri, state=state, **more))
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int) -> HttpResponse:
    return render(request, f"agents/mcp/{name}.html", dict(context), status=status)
