"""Fields of forms, written without the template language.

Django renders each field, each option of a choice and their attributes by templates that include one another: of the
checkout's page that was a third of the work, most of it for the names of countries. The plain ones are written here,
with the same words; everything else is Django's.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString, mark_safe

_INPUTS = ("text", "email", "hidden", "number", "password", "url", "input", "tel", "search")


class Written(DjangoTemplates):
    """Django's own renderer, but for inputs and selects."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        widget = context.get("widget", {})
        if template_name in _INPUT_TEMPLATES:
            return mark_safe(_input(widget))  # noqa: S308 - every value is escaped where it is written
        if template_name == "django/forms/widgets/select.html":
            return mark_safe(_select(widget))  # noqa: S308 - same
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 - what Django has escaped


_INPUT_TEMPLATES = frozenset(f"django/forms/widgets/{kind}.html" for kind in _INPUTS)


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_text(value)}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{given}{_attributes(widget["attrs"])}>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{_text(group)}">')
        parts += [
            f'<option value="{_text(each["value"])}"{_attributes(each["attrs"])}>{_text(each["label"])}</option>'
            for each in options
        ]
        if group:
            parts.append("</optgroup>")
    return "\n".join([*parts, "</select>"])


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _text(value: Any) -> str:
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))
