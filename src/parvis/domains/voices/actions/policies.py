"""The brand changes its policy: a new version each time, the earlier ones stay as they were."""

from datetime import datetime

from django.db import IntegrityError, transaction

from parvis.core import outbox
from parvis.core.errors import Conflict
from parvis.domains.people import actions as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import PolicyChanged, PolicyVersion
from parvis.domains.voices.queries.policies import to_version


class PolicyMoved(Conflict):
    """Somebody saved another version meanwhile."""

    code = "policy_moved"
    template = "Version %(version)d was saved meanwhile: look at it first."


def policy_in_force(*, at: datetime) -> tuple[int, rules.Policy]:
    """The id and the content of the policy in force. The first call of an installation writes version 1, so that each
    decision can name the policy that it was made under."""
    row = models.Policy.objects.order_by("-version").first()
    if row is None:
        models.Policy.objects.bulk_create(
            [models.Policy(version=1, settings=rules.to_data(rules.Policy()), note="as delivered", at=at)],
            ignore_conflicts=True,
        )
        row = models.Policy.objects.order_by("-version").get()
    return row.pk, rules.from_data(row.settings)


def save_policy(
    *, policy: rules.Policy, note: str = "", seen: int, actor_id: int | None, at: datetime
) -> PolicyVersion:
    """A new version, in force from the next voice on; voices decided before stay decided. ``seen`` is the version
    that the editor had on the screen. Saving what is in force already changes nothing. Raises PolicyMoved."""
    policy_in_force(at=at)
    latest = queries.policy_version()
    if latest.version != seen:
        raise PolicyMoved(version=latest.version, reason="another version was saved")
    changed = rules.changed(rules.from_data(latest.settings), policy)
    if not changed:
        return latest
    try:
        with transaction.atomic():
            row = models.Policy.objects.create(
                version=latest.version + 1, settings=rules.to_data(policy), note=note[:2000], author_id=actor_id, at=at
            )
            outbox.publish(PolicyChanged(version=row.version), at=at)
            people.note(
                actor_id=actor_id,
                verb="moderation.policy",
                subject_kind="policy",
                subject_id=row.version,
                detail={"changed": list(changed), "note": note[:200]},
                at=at,
            )
    except IntegrityError as error:
        raise PolicyMoved(version=latest.version + 1, reason="another version was saved") from error
    return to_version(row, changed)
