"""Choosing a variant step by step: what was selected, what had to be let go, and what each other choice would give."""

from collections.abc import Mapping, Sequence
from typing import Any

from parvis.domains.catalog.contracts import Variant
from parvis.interfaces.agents.ucp import products

Choices = Mapping[str, str]


def choices_of(variant: Variant) -> dict[str, str]:
    """A variant's options by name."""
    return {choice["name"]: choice["label"] for choice in products.selected(variant)}


def settle(variants: Sequence[Variant], wanted: Choices, preferences: Sequence[str]) -> dict[str, str]:
    """The selection that some variant has: ``wanted``, less what nothing has, the last of ``preferences`` first
    (options that are no preference before them). Names and labels are compared without regard to capitals."""
    known = [choices_of(variant) for variant in variants]
    kept = {name: label for asked, told in wanted.items() for name, label in [_known(known, asked, told)] if name}
    order = [*(name for name in kept if not _named(name, preferences)), *reversed(preferences)]
    for name in order:
        if any(_fits(choices, kept) for choices in known):
            return kept
        kept = {held: label for held, label in kept.items() if held.casefold() != name.casefold()}
    return kept


def matching(variants: Sequence[Variant], selection: Choices) -> list[Variant]:
    """The variants that have the selection, those that can be bought first."""
    found = [variant for variant in variants if _fits(choices_of(variant), selection)]
    return sorted(found, key=lambda variant: variant.available <= 0)


def signals(variants: Sequence[Variant], selection: Choices) -> list[dict[str, Any]]:
    """Every option with its values: whether a variant has it with the rest of the selection, and can be bought."""
    told = products.options_of(variants)
    for option in told:
        rest = {name: label for name, label in selection.items() if name != option["name"]}
        for value in option["values"]:
            fitting = matching(variants, {**rest, option["name"]: value["label"]})
            value["exists"] = bool(fitting)
            value["available"] = any(variant.available > 0 for variant in fitting)
    return told


def _fits(choices: Choices, selection: Choices) -> bool:
    return all(choices.get(name) == label for name, label in selection.items())


def _named(name: str, among: Sequence[str]) -> bool:
    return name.casefold() in [each.casefold() for each in among]


def _known(known: Sequence[Choices], name: str, label: str) -> tuple[str, str]:
    """The option and its value as the shop writes them; empty names where it has none such."""
    for choices in known:
        for held, value in choices.items():
            if held.casefold() == name.casefold() and value.casefold() == label.casefold():
                return held, value
    return "", ""
