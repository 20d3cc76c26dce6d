"""Words of the studio in templates: `{{ order.state|order_state }}` and their like give safe HTML or plain words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.core.money import Money
from parvis.interfaces.design import marks
from parvis.interfaces.studio import audit_words, labels

register = template.Library()


def _badge(table: Mapping[Any, tuple[Any, str]], value: Any) -> SafeString:
    words, kind = table.get(value, (str(value), ""))
    extra = f" badge--{kind}" if kind else ""
    return format_html('<span class="badge{}">{}</span>', extra, words)


@register.filter
def order_state(value: Any) -> SafeString:
    """The state of an order as a badge."""
    return _badge(labels.ORDER_STATES, value)


@register.filter
def product_state(value: Any) -> SafeString:
    """The state of a product as a badge."""
    return _badge(labels.PRODUCT_STATES, value)


@register.filter
def refund_state(value: Any) -> SafeString:
    """The state of a refund as a badge."""
    return _badge(labels.REFUND_STATES, value)


@register.filter
def voice_state(value: Any) -> SafeString:
    """The state of a voice as a badge."""
    return _badge(labels.VOICE_STATES, value)


@register.filter
def voice_kind(value: Any) -> str:
    """Review, question, answer or comment, in words."""
    return str(labels.VOICE_KINDS.get(value, value))


@register.filter
def origin_name(value: Any) -> str:
    """Where a voice came in, in words."""
    return str(labels.ORIGINS.get(value, value))


@register.filter
def reason_name(value: Any) -> str:
    """The ground of a decision, in words."""
    return str(labels.REASONS.get(value, value or ""))


@register.filter
def import_state(value: Any) -> SafeString:
    """The state of an import as a badge."""
    return _badge(labels.IMPORT_STATES, value)


@register.filter
def strength(value: Any) -> SafeString:
    """How likely it is that two customers are one person, as a badge."""
    return _badge(labels.STRENGTHS, value)


@register.filter
def evidence(value: Any) -> str:
    """What two customers have in common, in words."""
    return str(labels.EVIDENCE.get(value, value))


@register.filter
def channel_name(value: str) -> str:
    """A channel on which a customer goes by a name."""
    return str(labels.CHANNELS.get(value, value))


@register.filter
def refund_reason(value: str) -> str:
    """Why money was given back, in words."""
    return labels.refund_reason(value)


@register.filter
def decline(code: str) -> str:
    """Why a bank declined, in words."""
    return labels.decline(code)


@register.filter
def payment_state(value: Any) -> str:
    """The state of a payment in words."""
    return str(labels.PAYMENT_STATES.get(value, value))


@register.filter
def movement(value: Any) -> str:
    """Why stock moved, in words."""
    return str(labels.MOVEMENTS.get(value, value))


@register.filter
def role_name(value: Any) -> str:
    """A role in words."""
    return str(labels.ROLES[value][0]) if value in labels.ROLES else str(value)


@register.filter
def scope_name(value: Any) -> str:
    """What a token may do, in words."""
    return str(labels.SCOPES.get(value, value))


@register.filter
def purpose_name(value: Any) -> str:
    """What a consent is about, in words."""
    return str(labels.PURPOSES.get(value, value))


@register.filter
def audit_verb(value: Any) -> str:
    """What somebody did, in words."""
    return str(audit_words.AUDIT.get(value, value))


@register.filter
def machine_reason(value: str) -> str:
    """A reason as a machine wrote it, in words; what a person typed stays as it is."""
    return str(labels.MACHINE_REASONS.get(value, value))


@register.filter
def attribute_names(provenance: Mapping[str, str]) -> str:
    """The attributes that are simulated, in words."""
    return ", ".join(str(labels.ATTRIBUTES.get(name, name)) for name in provenance)


@register.filter
def signed(value: int) -> str:
    """A number with its sign: +5, −3."""
    return f"+{marks.number(value)}" if value > 0 else marks.number(value).replace("-", "−")


@register.filter
def times(unit: Money, quantity: int) -> Money:
    """The worth of ``quantity`` pieces."""
    return unit * quantity


@register.filter
def simulated(provenance: Mapping[str, str] | None, name: str = "") -> bool:
    """Whether an attribute (or anything, without a name) comes from the simulation."""
    found = provenance or {}
    return found.get(name) == "simulated" if name else "simulated" in found.values()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A date with its time as a `<time>` element; an em dash when there is none."""
    if value is None:
        return "—"
    return format_html('<time datetime="{}" class="nowrap">{}</time>', value.isoformat(), marks.moment(value))


@register.filter
def day(value: date) -> str:
    """A day with its month in letters, which nobody reads the other way round."""
    return marks.day(value, "medium")
