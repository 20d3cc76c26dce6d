"""What the accounts library's forms need to wear our dress."""

from ipaddress import ip_address

from django import forms, template
from django.template import Context

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
        if bound.name == "login":  # passkeys of this browser are offered in its own list under the field
            widget.attrs["autocomplete"] = "username webauthn"
    return list(form.visible_fields())


@register.filter
def variant(tags: object) -> str:
    """How a button looks, from what the library says it is for."""
    said = set(tags if isinstance(tags, list | tuple | set) else str(tags or "").replace(" ", "").split(","))
    if "danger" in said:
        return "danger"
    return "secondary" if said & {"outline", "secondary", "panel", "tool", "cancel", "resend"} else ""


@register.simple_tag(takes_context=True)
def passkeys_work(context: Context) -> bool:
    """Whether a browser lets this address use passkeys: they belong to a name, so a bare IP address has none."""
    request = context.get("request")
    host = request.get_host() if request is not None else ""
    bare = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    try:
        ip_address(bare.strip("[]"))
    except ValueError:
        return True
    return False
