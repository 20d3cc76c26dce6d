"""One draft: its sentences with what they lean on, what is blocked and why, its versions and its way to the page."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.language_model import ModelUnavailable, language_model
from parvis.core.numbers import whole
from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import Draft, DraftState, DraftVersion, Kind, Part, Profile, Sentence
from parvis.domains.copywriting.rules import composing
from parvis.domains.evidence import queries as evidence
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, problems
from parvis.interfaces.studio.copywriting import words


@require_GET
@requires(Permission.COPY_VIEW)
def page(request: HttpRequest, draft_id: int) -> HttpResponse:
    """GET: the draft."""
    return _show(request, queries.draft(draft_id))


def _show(
    request: HttpRequest, found: Draft, *, problem: str = "", mine: dict[Part, str] | None = None, status: int = 200
) -> HttpResponse:
    locale = frame.locale()
    product = catalog.product(found.product_id, locale=locale, archived=True).product
    profile = queries.profile(found.language)
    labels = evidence.labels(locale)
    published = queries.publications(found.id)
    mine = mine or {}
    context: dict[str, Any] = {
        "heading": product.name,
        "draft": found,
        "product": product,
        "kind": words.KINDS[found.kind],
        "state": words.STATES[found.state],
        "language": words.LANGUAGES[found.language],
        "by": words.WRITTEN[found.current.by],
        "cost": _cost(found.current),
        "parts": [_part(found, part, profile, labels, mine.get(part)) for part in found.current.parts],
        "losses": [
            (words.PARTS[each.part], each.text, words.LOSSES.get(each.fault, each.fault)) for each in found.losses
        ],
        "versions": [(each, words.WRITTEN[each.by]) for each in queries.versions(found.id)],
        "publications": published,
        "live": next((each for each in published if each.undone_at is None), None),
        "audit": people.audit("copy", str(found.id))[:12],
        "profile": profile,
        "has_model": language_model() is not None,
        "problem": problem,
        "editable": found.state is not DraftState.DISCARDED,
        "is_text": found.kind is Kind.TEXT,
        "seed": found.current.seed + 1,
    }
    return frame.page(request, "studio/copywriting/draft.html", context, room="copy", status=status)


def _cost(version: DraftVersion) -> str:
    if version.latency_ms is None:
        return ""
    cost = marks.number(float(version.cost_minor or 0), 3)
    return _("%(model)s: %(seconds)s s, %(cost)s hundredths of %(currency)s") % {
        "model": version.model, "seconds": marks.number(version.latency_ms / 1000, 1), "cost": cost,
        "currency": settings.CURRENCY,
    }  # fmt: skip


def _part(found: Draft, part: Part, profile: Profile, labels: Any, mine: str | None) -> dict[str, Any]:
    sentences = found.current.parts[part]
    text = " ".join(each.text for each in sentences)
    return {
        "key": part.value,
        "name": words.PARTS[part],
        "text": text if mine is None else mine,
        "length": _length(found, part, text, profile),
        "sentences": [_sentence(each, labels) for each in sentences],
        "rows": 2 if part in (Part.TITLE, Part.META, Part.HOOK, Part.CALL) else 6 if part is Part.LONG else 3,
    }


def _length(found: Draft, part: Part, text: str, profile: Profile) -> dict[str, Any]:
    """How long a part is beside what the tone wants."""
    rules, spoken = profile.rules, len(text.split())
    if found.kind.seconds:
        room = composing.budget(part, found.kind.seconds, rules.pace)
        told = _("%(words)s spoken words, %(seconds)s s of %(room)s s") % {
            "words": spoken, "seconds": marks.number(60 * spoken / rules.pace, 1),
            "room": marks.number(60 * room / rules.pace, 1),
        }  # fmt: skip
        return {"told": told, "over": spoken > 1.1 * room + 1}
    most = {Part.TITLE: rules.title_chars, Part.META: rules.meta_chars}.get(part)
    if most:
        told = _("%(length)s of %(most)s characters") % {"length": len(text), "most": most}
        return {"told": told, "over": len(text) > most}
    most = rules.short_words if part is Part.SHORT else rules.long_words
    told = _("%(length)s words, %(most)s wanted") % {"length": spoken, "most": most}
    return {"told": told, "over": spoken > 1.5 * most}


def _sentence(each: Sentence, labels: Any) -> dict[str, Any]:
    return {
        "text": each.text,
        "stands": each.stands,
        "refs": [words.ref(ref) for ref in each.refs],
        "faults": [words.fault(fault, locale=frame.locale(), labels=labels) for fault in each.faults],
    }


@require_POST
@requires(Permission.COPY_EDIT)
def save(request: HttpRequest, draft_id: int) -> HttpResponse:
    """POST base (version read), a text for each part: a new version; 409 when somebody was faster, with both texts."""
    found = queries.draft(draft_id)
    texts = {part: request.POST[part.value] for part in found.current.parts if part.value in request.POST}
    staff, here = frame.staff_of(request), _address(draft_id)
    try:
        made = actions.save(
            draft_id=draft_id, base=_number(request, "base"), texts=texts, actor_id=staff.account_id,
            actor_name=staff.name or staff.email, at=now(),
        )  # fmt: skip
    except actions.Edited as error:
        told = problems.words(error)
        return _show(request, queries.draft(draft_id), problem=told, mine=texts, status=409)
    if made.version == found.version:
        return frame.done(request, _("Nothing was changed."), here)
    blocked = made.current.blocked
    told = _("Saved as version %(number)s.") % {"number": made.version}
    if blocked:
        left = _("Sentences that may not be published: %(count)s.") % {"count": blocked}
        told = f"{told} {left}"
    return frame.done(request, told, here)


@require_POST
@requires(Permission.COPY_EDIT)
def act(request: HttpRequest, draft_id: int) -> HttpResponse:
    """POST do = again | write | submit | discard | restore | recheck, base (version read)."""
    staff, at, base = frame.staff_of(request), now(), _number(request, "base")
    who: dict[str, Any] = {"actor_id": staff.account_id, "actor_name": staff.name or staff.email}
    number = _number(request, "number")
    verbs = {
        "again": (
            lambda: actions.compose_again(draft_id=draft_id, base=base, seed=_number(request, "seed"), at=at, **who),
            _("Written anew."),
        ),
        "write": (lambda: actions.write(draft_id=draft_id, base=base, at=at, **who), _("Written by the model.")),
        "submit": (
            lambda: actions.submit(draft_id=draft_id, version=base, actor_id=staff.account_id, at=at),
            _("Handed in for approval."),
        ),
        "discard": (
            lambda: actions.discard(draft_id=draft_id, version=base, actor_id=staff.account_id, at=at),
            _("Put aside."),
        ),
        "restore": (
            lambda: actions.restore(draft_id=draft_id, base=base, number=number, at=at, **who),
            _("The earlier version is the present one again."),
        ),
        "recheck": (lambda: actions.recheck([draft_id], at=at), _("Every sentence was looked at again.")),
    }
    return _done(request, draft_id, verbs)


@require_POST
@requires(Permission.COPY_APPROVE)
def decide(request: HttpRequest, draft_id: int) -> HttpResponse:
    """POST do = approve | send_back | publish | undo, base (version read), title=yes, publication."""
    staff, at, base = frame.staff_of(request), now(), _number(request, "base")
    who: dict[str, Any] = {"actor_id": staff.account_id, "actor_name": staff.name or staff.email}
    title, publication = request.POST.get("title") == "yes", _number(request, "publication")
    own = {each.id for each in queries.publications(draft_id)}
    if request.POST.get("do") == "undo" and publication not in own:
        raise Http404
    verbs = {
        "approve": (lambda: actions.approve(draft_id=draft_id, version=base, at=at, **who), _("Approved.")),
        "send_back": (
            lambda: actions.send_back(draft_id=draft_id, version=base, actor_id=staff.account_id, at=at),
            _("Sent back."),
        ),
        "publish": (
            lambda: actions.publish(draft_id=draft_id, version=base, title=title, at=at, **who),
            _("Published: the product’s page has it."),
        ),
        "undo": (
            lambda: actions.undo(publication_id=publication, at=at, **who),
            _("Taken back: the catalogue has its earlier words."),
        ),
    }
    return _done(request, draft_id, verbs)


def _done(request: HttpRequest, draft_id: int, verbs: dict[str, Any]) -> HttpResponse:
    queries.draft(draft_id)
    here = _address(draft_id)
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        return frame.failed(request, _("Nothing was chosen."), here)
    problem = ""
    try:
        problem = frame.attempt(verb[0])
    except ModelUnavailable as error:
        problem = problems.words(error)
    return frame.failed(request, problem, here) if problem else frame.done(request, verb[1], here)


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _address(draft_id: int) -> str:
    return reverse("studio:copy_draft", kwargs={"draft_id": draft_id})


@require_GET
@requires(Permission.COPY_VIEW)
def version(request: HttpRequest, draft_id: int, number: int) -> HttpResponse:
    """GET ?with= : what a version changed, word by word, against the one before or another."""
    found = queries.draft(draft_id)
    after = queries.version(draft_id, number)
    said = request.GET.get("with", "")
    other = whole(said, most=found.version) or max(1, number - 1)
    before = queries.version(draft_id, other)
    context = {
        "heading": _("Version %(number)s") % {"number": number},
        "draft": found,
        "after": after,
        "before": before,
        "by": words.WRITTEN[after.by],
        "cost": _cost(after),
        "changes": [(words.PARTS[part], pieces) for part, pieces in queries.differences(before, after).items()],
        "versions": range(1, found.version + 1),
    }
    return frame.page(request, "studio/copywriting/version.html", context, room="copy")


@require_GET
@requires(Permission.COPY_VIEW)
def file(request: HttpRequest, draft_id: int, ending: str) -> HttpResponse:
    """GET: the present version as .csv or .md."""
    found = queries.draft(draft_id)
    if ending == "csv":
        answer = HttpResponse("\ufeff" + "".join(queries.csv_lines(found)), content_type="text/csv; charset=utf-8")
    elif ending == "md":
        name = catalog.product(found.product_id, locale=found.language, archived=True).product.name
        answer = HttpResponse(queries.markdown(found, heading=name), content_type="text/markdown; charset=utf-8")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="copy-{found.id}-{found.version}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
