"""What is written quickly says what Django's templates say."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from parvis.interfaces.design.renderer import Written
from parvis.interfaces.design.templatetags.design import dressed

HOSTILE = '"><script>alert(1)</script>&'


class Every(forms.Form):
    """A field of each kind."""

    text = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"class": "input", "data-x": HOSTILE}))
    mail = forms.EmailField(required=False)
    key = forms.CharField(widget=forms.HiddenInput)
    count = forms.IntegerField(min_value=1)
    secret = forms.CharField(widget=forms.PasswordInput)
    plain = forms.ChoiceField(
        choices=[("", "—"), ("fr", "France"), (HOSTILE, HOSTILE), ("s", mark_safe("<b>bold</b>"))]
    )
    grouped = forms.MultipleChoiceField(
        widget=forms.SelectMultiple,
        choices=[("Europe", [("fr", "France"), ("be", "Belgique")]), ("ch", "Suisse")],
    )
    long = forms.CharField(widget=forms.Textarea)
    way = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    yes = forms.BooleanField(required=False)


def shape(html: str) -> str:
    return re.sub(r">\s+<", "><", html).strip()


@pytest.mark.parametrize("given", ["nothing", "wrong", "hostile"])
def test_every_field_is_as_django_writes_it(given: str) -> None:
    data = {
        "nothing": None,
        "wrong": {"mail": "not one", "plain": "xx", "grouped": ["be", "ch"], "count": "-1"},
        "hostile": {"text": HOSTILE, "plain": HOSTILE, "grouped": ["fr"], "key": HOSTILE, "secret": "kept to itself"},
    }[given]
    ours, theirs = Every(data, renderer=Written()), Every(data, renderer=DjangoTemplates())
    for name in ours.fields:
        assert shape(str(ours[name])) == shape(str(theirs[name])), name


def test_what_stands_around_a_field_is_escaped_and_wired() -> None:
    class Hostile(forms.Form):
        mail = forms.EmailField(label=HOSTILE, help_text=HOSTILE)
        more = forms.CharField(required=False)

    form = Hostile({"mail": HOSTILE})
    form.add_error("mail", HOSTILE)
    html = dressed(form["mail"])
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4  # label, help, value, error
    assert '<label class="field__label" for="id_mail">' in html
    assert 'aria-describedby="id_mail_helptext id_mail_error"' in html
    assert 'id="id_mail_helptext"' in html
    assert '<div id="id_mail_error"><p class="field__error">' in html
    assert ("(optional)" in dressed(form["more"]), "(optional)" in dressed(form["more"], plain=True)) == (True, False)


def test_it_is_the_renderer_of_all_forms() -> None:
    assert isinstance(forms.Form().renderer, Written)
