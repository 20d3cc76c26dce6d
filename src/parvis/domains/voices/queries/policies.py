"""The policy in force and those before it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from parvis.core.errors import NotFound
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import PolicyVersion
from parvis.domains.voices.rules import OpinionMode, Policy, TwoPeople

__all__ = [
    "OpinionMode",
    "Policy",
    "TwoPeople",
    "opinion_mode",
    "policy",
    "policy_version",
    "policy_versions",
    "policy_with",
    "to_version",
]


def policy() -> rules.Policy:
    """The policy in force; as delivered where none was ever saved. One statement."""
    row = models.Policy.objects.order_by("-version").values_list("settings", flat=True).first()
    return rules.Policy() if row is None else rules.from_data(row)


def opinion_mode(chosen: rules.Policy | None = None) -> OpinionMode:
    """What opinions of a language model may do: what the policy (None: the one in force) says, and never more than the
    installation allows (``PARVIS_SECOND_OPINIONS``). One statement, none with a policy."""
    said = (chosen or policy()).second_opinions
    order = (OpinionMode.OFF, OpinionMode.ADVISE, OpinionMode.RELEASE)
    return min(said, OpinionMode(settings.SECOND_OPINIONS), key=order.index)


def policy_with(changes: Mapping[str, Any]) -> rules.Policy:
    """The policy in force with some fields as plain data changed; nothing is saved. Raises BadPolicy."""
    return rules.from_data({**rules.to_data(policy()), **changes})


def policy_version(version: int | None = None) -> PolicyVersion:
    """A version, or the one in force. Raises NotFound where there is none."""
    rows = models.Policy.objects.order_by("-version")
    row = (rows if version is None else rows.filter(version=version)).first()
    if row is None:
        raise NotFound(kind="policy", key=version or "in force")
    return to_version(row)


def policy_versions(*, limit: int = 100) -> tuple[PolicyVersion, ...]:
    """The latest versions first, each with what it changed. One statement."""
    rows = list(models.Policy.objects.order_by("-version")[: limit + 1])
    found = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        changed = rules.changed(rules.from_data(before.settings), rules.from_data(row.settings)) if before else ()
        found.append(to_version(row, changed))
    return tuple(found[:limit])


def to_version(row: models.Policy, changed: tuple[str, ...] = ()) -> PolicyVersion:
    return PolicyVersion(
        id=row.pk,
        version=row.version,
        settings=row.settings,
        note=row.note,
        author_id=row.author_id,
        at=row.at,
        changed=changed,
    )
