"""What the accounts library's forms need to wear our dress."""

from django import forms, template

register = template.Library()
_BARE = {"checkbox", "radio", "hidden"}


@register.filter
def dressed(form: forms.Form) -> list[forms.BoundField]:
    """The visible fields of a form, each control in the class that our style sheet knows."""
    for bound in form:
        widget = bound.field.widget
        if getattr(widget, "input_type", "") not in _BARE:
            widget.attrs["class"] = "input"
            # The label says what belongs here; a placeholder that repeats it only looks like something typed.
            widget.attrs.pop("placeholder", None)
    return list(form.visible_fields())


@register.filter
def variant(tags: object) -> str:
    """How a button looks, from what the library says it is for."""
    said = set(tags if isinstance(tags, list | tuple | set) else str(tags or "").replace(" ", "").split(","))
    if "danger" in said:
        return "danger"
    return "secondary" if said & {"outline", "secondary", "panel", "tool", "cancel", "resend"} else ""
