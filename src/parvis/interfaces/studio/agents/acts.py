"""What the team does with agents: let in, stop, give keys and allowances, say where they are told of orders."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.connectors.agents import orders
from parvis.connectors.agents import queries as journal
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.people import actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Agent, Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.agents import agent as pages
from parvis.interfaces.studio.agents import overview
from parvis.interfaces.studio.agents.forms import AgentForm, AllowanceForm, EndpointForm, KeyForm, SigningForm, StopForm


def _here(agent_id: int) -> str:
    return reverse("studio:agent", args=[agent_id])


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"actor_id": frame.staff_of(request).account_id, "at": now()}


@require_POST
@requires(Permission.AGENTS_EDIT)
def register(request: HttpRequest) -> HttpResponse:
    """POST: let an agent in."""
    form = AgentForm(request.POST)
    if not form.is_valid():
        return overview.show(request, form=form, status=422)
    made: list[Agent] = []
    said = form.cleaned_data
    problem = frame.attempt(
        lambda: made.append(
            actions.register_agent(name=said["name"], profile_url=said["profile_url"] or None, **_who(request))
        )
    )
    if problem:
        form.add_error(None, problem)
        return overview.show(request, form=form, status=409)
    return frame.done(request, _("%(name)s may come in.") % {"name": made[0].name}, _here(made[0].id))


@require_POST
@requires(Permission.AGENTS_EDIT)
def switch_all(request: HttpRequest) -> HttpResponse:
    """POST do=stop with a reason, or do=resume: all agents."""
    here = reverse("studio:agents")
    if request.POST.get("do") == "resume":
        actions.resume_all_agents(**_who(request))
        return frame.done(request, _("Agents may come in again."), here)
    form = StopForm(request.POST)
    if request.POST.get("do") != "stop" or not form.is_valid():
        return frame.failed(request, _("say why, for the team"), here)
    actions.stop_all_agents(reason=form.cleaned_data["reason"], **_who(request))
    return frame.done(request, _("All agents are stopped. None of their requests is answered."), here)


@require_POST
@requires(Permission.AGENTS_EDIT)
def newcomers(request: HttpRequest) -> HttpResponse:
    """POST welcome=yes|no: whether agents that nobody registered may come in."""
    here, welcome = reverse("studio:agents"), request.POST.get("welcome")
    if welcome not in ("yes", "no"):
        return frame.failed(request, _("nothing was chosen"), here)
    actions.welcome_newcomers(welcome=welcome == "yes", **_who(request))
    return frame.done(request, _("Changed."), here)


@require_POST
@requires(Permission.AGENTS_EDIT)
def switch(request: HttpRequest, agent_id: int) -> HttpResponse:
    """POST do=stop with a reason, or do=resume: this agent."""
    agent = pages.known(agent_id)
    if request.POST.get("do") == "resume":
        actions.resume_agent(agent_id=agent_id, **_who(request))
        return frame.done(request, _("%(name)s may come in again.") % {"name": agent.name}, _here(agent_id))
    form = StopForm(request.POST)
    if request.POST.get("do") != "stop" or not form.is_valid():
        return pages.show(request, agent_id, forms={"stop_form": form}, status=422)
    actions.stop_agent(agent_id=agent_id, reason=form.cleaned_data["reason"], **_who(request))
    words = _("%(name)s is stopped. None of its requests is answered.") % {"name": agent.name}
    return frame.done(request, words, _here(agent_id))


@require_POST
@requires(Permission.AGENTS_EDIT)
def allowance(request: HttpRequest, agent_id: int) -> HttpResponse:
    """POST: how much it may ask, from its next request on."""
    pages.known(agent_id)
    form = AllowanceForm(request.POST)
    if not form.is_valid():
        return pages.show(request, agent_id, forms={"allowance_form": form}, status=422)
    actions.set_agent_allowance(agent_id=agent_id, **form.cleaned_data, **_who(request))
    return frame.done(request, _("Saved; it counts from its next request."), _here(agent_id))


@require_POST
@requires(Permission.TOKENS_EDIT, password_again=True)
def issue(request: HttpRequest, agent_id: int) -> HttpResponse:
    """POST: a key; the answer is the only page that ever shows its secret."""
    pages.known(agent_id)
    form = KeyForm(request.POST, prefix="key")
    if not form.is_valid():
        return pages.show(request, agent_id, forms={"key_form": form}, status=422)
    said, at = form.cleaned_data, now()
    token, secret = actions.issue_agent_key(
        agent_id=agent_id,
        account_id=frame.staff_of(request).account_id,
        name=said["name"],
        expires_at=at + timedelta(days=said["days"]) if said["days"] else None,
        at=at,
    )
    title = _("The key “%(name)s” is made") % {"name": token.name}
    return _once(pages.show(request, agent_id, secret=secret, secret_title=title))


@require_POST
@requires(Permission.TOKENS_EDIT)
def revoke(request: HttpRequest, agent_id: int, token_id: int) -> HttpResponse:
    """POST: the key stops working now."""
    if token_id not in {token.id for token in people.agent_tokens(agent_id)}:
        raise NotFound(kind="key", key=token_id)
    actions.revoke_token(token_id=token_id, **_who(request))
    return frame.done(request, _("Revoked: it works no more."), _here(agent_id))


@require_POST
@requires(Permission.TOKENS_EDIT, password_again=True)
def signing(request: HttpRequest, agent_id: int) -> HttpResponse:
    """POST do=set with a secret (empty: one is made, and shown this once), or do=drop."""
    agent = pages.known(agent_id)
    if request.POST.get("do") == "drop":
        actions.drop_agent_signing(agent_id=agent_id, **_who(request))
        words = _("Requests of %(name)s need no signature any more.") % {"name": agent.name}
        return frame.done(request, words, _here(agent_id))
    form = SigningForm(request.POST, prefix="signing")
    if request.POST.get("do") != "set" or not form.is_valid():
        return pages.show(request, agent_id, forms={"signing_form": form}, status=422)
    given = form.cleaned_data["secret"]
    secret = actions.set_agent_signing(agent_id=agent_id, secret=given, **_who(request))
    if given:
        return frame.done(request, _("From its next request on it must sign."), _here(agent_id))
    title = _("From its next request on %(name)s must sign with this secret") % {"name": agent.name}
    return _once(pages.show(request, agent_id, secret=secret, secret_title=title))


@require_POST
@requires(Permission.WEBHOOKS_EDIT, password_again=True)
def endpoint(request: HttpRequest, agent_id: int) -> HttpResponse:
    """POST: where the agent is told of its orders. A secret that we made is shown this once."""
    agent = pages.known(agent_id)
    form = EndpointForm(request.POST, prefix="endpoint")
    if not form.is_valid():
        return pages.show(request, agent_id, forms={"endpoint_form": form}, status=422)
    said = form.cleaned_data
    first = all(each.protocol != said["protocol"] for each in journal.endpoints(agent_id))
    made = "" if said["secret"] or not first else orders.make_secret()
    problem = frame.attempt(
        lambda: orders.set_endpoint(
            agent_id=agent_id, protocol=said["protocol"], url=said["url"], secret=said["secret"] or made, at=now()
        )
    )
    if problem:
        form.add_error("url", problem)
        return pages.show(request, agent_id, forms={"endpoint_form": form}, status=422)
    _note(request, "agent.endpoint_set", agent, url=said["url"], protocol=said["protocol"])
    if made:
        title = _("%(url)s will be told; this secret signs the messages") % {"url": said["url"]}
        return _once(pages.show(request, agent_id, secret=made, secret_title=title))
    return frame.done(request, _("Saved."), _here(agent_id))


@require_POST
@requires(Permission.WEBHOOKS_EDIT)
def change_endpoint(request: HttpRequest, agent_id: int, endpoint_id: int) -> HttpResponse:
    """POST do=on|off|delete."""
    agent = pages.known(agent_id)
    if endpoint_id not in {each.id for each in journal.endpoints(agent_id)}:
        raise NotFound(kind="endpoint", key=endpoint_id)
    acts = {
        "on": partial(orders.set_active, endpoint_id=endpoint_id, active=True),
        "off": partial(orders.set_active, endpoint_id=endpoint_id, active=False),
        "delete": partial(orders.delete_endpoint, endpoint_id=endpoint_id),
    }
    what = request.POST.get("do", "")
    if what not in acts:
        return frame.failed(request, _("nothing was chosen"), _here(agent_id))
    problem = frame.attempt(acts[what])
    if problem:
        return frame.failed(request, problem, _here(agent_id))
    _note(request, "agent.endpoint_changed", agent, what=what)
    return frame.done(request, _("Changed."), _here(agent_id))


@require_POST
@requires(Permission.AGENTS_EDIT)
def again(request: HttpRequest, agent_id: int, news_id: int) -> HttpResponse:
    """POST: send a message about an order once more."""
    pages.known(agent_id)
    own = journal.news(endpoint_ids=[each.id for each in journal.endpoints(agent_id)], news_id=news_id)
    if not own:
        raise NotFound(kind="message", key=news_id)
    problem = frame.attempt(lambda: orders.again(news_id=news_id, at=now()))
    if problem:
        return frame.failed(request, problem, _here(agent_id))
    return frame.done(request, _("It will be sent again."), _here(agent_id))


def _once(page: HttpResponse) -> HttpResponse:
    page["Cache-Control"] = "no-store"
    return page


def _note(request: HttpRequest, verb: str, agent: Agent, **detail: str) -> None:
    actions.note(verb=verb, subject_kind="agent", subject_id=agent.id, detail=detail, **_who(request))
