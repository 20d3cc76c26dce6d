"""Parts, states, kinds, faults and supports in words."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from parvis.domains.copywriting.contracts import (
    DraftState,
    Fault,
    FaultKind,
    Kind,
    Material,
    Part,
    Ref,
    RefKind,
    Verdict,
    Written,
)
from parvis.domains.copywriting.queries import claim_families

PARTS: Mapping[Part, str | Promise] = {
    Part.TITLE: gettext_lazy("Title"),
    Part.SHORT: gettext_lazy("Short description"),
    Part.LONG: gettext_lazy("Description"),
    Part.META: gettext_lazy("Description for search engines"),
    Part.HOOK: gettext_lazy("Hook"),
    Part.PROOF: pgettext_lazy("part of a script", "Proof"),
    Part.DEMONSTRATION: gettext_lazy("Demonstration"),
    Part.OBJECTION: gettext_lazy("Objection answered"),
    Part.CALL: gettext_lazy("Call to act"),
}
KINDS: Mapping[Kind, str | Promise] = {
    Kind.TEXT: gettext_lazy("Texts of the page"),
    Kind.SCRIPT_15: gettext_lazy("Video script, 15 s"),
    Kind.SCRIPT_45: gettext_lazy("Video script, 45 s"),
    Kind.SCRIPT_90: gettext_lazy("Video script, 90 s"),
}
STATES: Mapping[DraftState, tuple[str | Promise, str]] = {
    DraftState.DRAFT: (pgettext_lazy("state of a text", "draft"), ""),
    DraftState.WAITING: (pgettext_lazy("state of a text", "waiting for approval"), "caution"),
    DraftState.APPROVED: (pgettext_lazy("state of a text", "approved"), "positive"),
    DraftState.PUBLISHED: (pgettext_lazy("state of a text", "published"), "positive"),
    DraftState.DISCARDED: (pgettext_lazy("state of a text", "put aside"), ""),
}
WRITTEN: Mapping[Written, str | Promise] = {
    Written.TEMPLATES: gettext_lazy("written by templates"),
    Written.MODEL: gettext_lazy("written by a language model"),
    Written.PERSON: gettext_lazy("written by a person"),
}
VERDICTS: Mapping[Verdict, tuple[str | Promise, str]] = {
    Verdict.NEVER: (gettext_lazy("never"), "negative"),
    Verdict.PROOF: (gettext_lazy("with a document that proves it"), "caution"),
    Verdict.FACT: (gettext_lazy("when the catalogue states it"), "note"),
}
LANGUAGES: Mapping[str, str | Promise] = {"fr": gettext_lazy("French"), "en": gettext_lazy("English")}
LOSSES: Mapping[str, str | Promise] = {
    "misquoted": gettext_lazy("the voice it quotes is public no more, or says it otherwise now"),
    "unsupported": gettext_lazy("neither the facts nor enough voices say it any more"),
    "number": gettext_lazy("its number is no longer held by the facts"),
    "contradicted": gettext_lazy("voices contradict it now"),
    "regulated": gettext_lazy("what made it lawful (a fact, a document) is gone"),
    "banned": gettext_lazy("the brand no longer wants these words"),
    "address": gettext_lazy("the brand addresses people otherwise now"),
    "manner": gettext_lazy("the brand’s manner has changed"),
    "link": gettext_lazy("it holds an address"),
}


def fault(found: Fault, *, locale: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A fault as it is shown: what, why, the law with its address."""
    detail = dict(found.detail)
    told: dict[str, Any] = {"what": "", "why": "", "law": "", "source": ""}
    if found.kind is FaultKind.REGULATED:
        family = next(each for each in claim_families() if each.key == detail["family"])
        told |= {
            "what": _("“%(words)s”: %(family)s") % {"words": detail["words"], "family": family.name(locale)},
            "why": family.why(locale),
            "law": family.law_named(locale),
            "source": family.source,
        }
        return told
    told["what"] = str(_SAID[found.kind])
    told["why"] = _why(found.kind, detail, labels)
    return told


_SAID: Mapping[FaultKind, str | Promise] = {
    FaultKind.BANNED: gettext_lazy("The brand does not say this"),
    FaultKind.UNSUPPORTED: gettext_lazy("Not supported"),
    FaultKind.NUMBER: gettext_lazy("A number that nothing holds"),
    FaultKind.MISQUOTED: gettext_lazy("Not somebody’s very words"),
    FaultKind.CONTRADICTED: gettext_lazy("Voices contradict it"),
    FaultKind.LINK: gettext_lazy("An address or markup"),
    FaultKind.ADDRESS: gettext_lazy("Another form of address"),
    FaultKind.MANNER: gettext_lazy("Not the brand’s manner"),
}


def _why(kind: FaultKind, detail: dict[str, Any], labels: Mapping[str, str]) -> str:
    if kind is FaultKind.BANNED:
        return _("“%(words)s” is on the brand’s list.") % {"words": detail["words"]}
    if kind is FaultKind.MISQUOTED:
        return _("No public review of this product says “%(words)s”.") % {"words": detail["words"]}
    if kind is FaultKind.ADDRESS:
        return _("“%(said)s” where the tone says “%(wanted)s”.") % {"said": detail["said"], "wanted": detail["wanted"]}
    if kind is FaultKind.MANNER:
        emoji = detail.get("sign") == "emoji"
        return _("The tone has no emoji.") if emoji else _("The tone has no exclamation marks.")
    if kind in _PLAIN:
        return str(_PLAIN[kind])
    return _voices(detail, labels) if "against" in detail else _nothing()


_PLAIN: Mapping[FaultKind, str | Promise] = {
    FaultKind.NUMBER: gettext_lazy("Each number must stand in a fact or in a count of reviews."),
    FaultKind.LINK: gettext_lazy("Texts hold no addresses and no markup."),
}


def _nothing() -> str:
    return _("Neither a fact of the catalogue nor what people said holds it. Change it, or add the fact.")


def _voices(detail: dict[str, Any], labels: Mapping[str, str]) -> str:
    numbers = {**detail, "about": labels.get(f"{detail.get('aspect')}:{detail.get('sign')}", "")}
    if detail.get("hidden"):
        return (
            _(
                "%(for)s reviews say so and %(against)s the contrary (%(share)s %% against, between %(low)s and "
                "%(high)s): give both numbers."
            )
            % numbers
        )
    if detail.get("for", 0) + detail["against"] == 0:
        return _("“%(about)s”: hardly anybody has spoken of it, so the brand may not claim it.") % numbers
    return (
        _(
            "“%(about)s”: %(for)s reviews say so, %(against)s the contrary (%(share)s %% against, between %(low)s and "
            "%(high)s). A claim of the brand’s own needs a clear majority; give the numbers instead."
        )
        % numbers
    )


def ref(found: Ref, material: Material | None = None) -> dict[str, Any]:
    """What a sentence leans on, as it is shown."""
    if found.kind is RefKind.CALL:
        return {"kind": _("invites, claims nothing"), "quote": "", "url": ""}
    if found.kind is RefKind.VOICE:
        url = reverse("studio:voice", kwargs={"voice_id": found.voice_id})
        return {"kind": _("a voice"), "quote": found.quote, "url": url}
    if found.kind is RefKind.COUNT:
        count, against, reviews = found.numbers
        words = _("%(count)s for, %(against)s against, of %(reviews)s reviews") % {
            "count": count, "against": against, "reviews": reviews,
        }  # fmt: skip
        return {"kind": _("a count of voices"), "quote": words, "url": ""}
    return {"kind": _("a fact of the catalogue"), "quote": found.quote, "url": ""}
