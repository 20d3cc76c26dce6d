"""Django forms in the dress of the design system."""

from typing import Any

from django import forms

_PLAIN = ("checkbox", "radio", "hidden")


class DressedForm(forms.Form):
    """A form whose text controls wear the class ``input``; render each with `<c-form-field :field="form.name" />`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if getattr(field.widget, "input_type", "") not in _PLAIN:
                field.widget.attrs.setdefault("class", "input")
