"""Template tags of the design system: `{% load design %}`, or always there when settings name this module a builtin."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template import Context, defaultfilters
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, gettext

from parvis.connectors.demo import drawings
from parvis.core.money import Money
from parvis.interfaces.design import marks, passages
from parvis.interfaces.design.folding import constant
from parvis.interfaces.design.preferences import theme_of

register = template.Library()


@register.simple_tag
@constant
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "cart" %}`, or with words for assistive technology `{% icon "cart" label %}`."""
    return marks.icon(name, label)


@register.simple_tag
def stars(value: float | None, size: str = "") -> SafeString:
    """`{% stars 4.3 %}`, `{% stars 4.3 "large" %}`."""
    return marks.stars(value, size)


@register.filter
def country(code: str) -> str:
    """`{{ address.country|country }}`: its name in the language of the reader."""
    return marks.country(code) if code else ""


@register.filter("date", expects_localtime=True, is_safe=False)
def in_words(value: Any, form: str | None = None) -> str:
    """Django's filter, except that a day, and a day with its time, are written alike on every page."""
    if form == "DATETIME_FORMAT" and isinstance(value, datetime):
        return marks.moment(value)
    if form == "DATE_FORMAT" and isinstance(value, date):
        return marks.day(value)
    return str(defaultfilters.date(value, form))


@register.filter
def day_before(value: date, last: date) -> str:
    """``{{ first|day_before:last }}``: see marks.day_before."""
    return marks.day_before(value, last)


@register.simple_tag
def rating(value: float | None, count: int) -> SafeString:
    """Average, stars and count in one line."""
    return marks.rating(value, count)


@register.simple_tag
def price(now: Money, before: Money | None = None, since: str = "", *, large: bool = False) -> SafeString:
    """`{% price product.price_from before=product.price_was %}`."""
    return marks.price(now, before or None, since=since, large=large)


@register.simple_tag
def drawing(kind: str, colour: str = "", seed: int | str = 0) -> SafeString:
    """A garment drawn by the project: `{% drawing product.category_key variant.colour_key product.id %}`."""
    return drawings.garment(kind, colour, seed)


@register.simple_tag
def extra(attrs: Mapping[str, object]) -> SafeString:
    """The attributes a component was given beyond its own, escaped.

    Cotton's own ``{{ attrs }}`` writes the value of a ``:name="variable"`` as it is; what people type could then leave
    its quotes. True writes the bare name, False and None write nothing.
    """
    given = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
        "".join(
            f" {key}"
            if value is True
            else f' {key}="{conditional_escape(value if isinstance(value, str) else str(value))}"'
            for key, value in given.items()
            if value is not False and value is not None
        )
    )


@register.filter
def money(amount: Money) -> str:
    """`{{ order.total|money }}`."""
    return marks.money(amount)


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    """`{{ count|number }}`, `{{ average|number:1 }}`; an em dash when there is none."""
    return "—" if value is None else marks.number(value, int(digits))


@register.filter
def percent(share: float | None, digits: int = 0) -> str:
    """`{{ share|percent:1 }}` of a share 0..1; an em dash when there is none."""
    return "—" if share is None else marks.percent(share, int(digits))


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to walk over them."""
    return text.split()


@register.filter
def width(share: float | None) -> str:
    """A share 0..1 as the class of a bar: `<i class="{{ share|width }}">`."""
    return f"w-{max(0, min(100, round(100 * (share or 0))))}"


@register.filter
def star_words(stars: str) -> list[tuple[str, str]]:
    """The five stars with the word each one means."""
    words = {
        "1": gettext("1 star: bad"),
        "2": gettext("2 stars: poor"),
        "3": gettext("3 stars: fair"),
        "4": gettext("4 stars: good"),
        "5": gettext("5 stars: excellent"),
    }
    return [(star, words[star]) for star in stars]


@register.simple_tag
def highlighted(text: str, spans: Iterable[passages.Span] = ()) -> SafeString:
    """What somebody wrote, as paragraphs, with the spans marked."""
    return passages.highlighted(text, spans or ())


@register.inclusion_tag("design/folded.html")
def folded(text: str, spans: Iterable[passages.Span] = ()) -> dict[str, Any]:
    """What somebody wrote, a long text with its end folded away; it opens by itself when only its end is marked."""
    lead, rest, before, after = passages.folded(text, spans or ())
    return {"lead": lead, "rest": rest, "before": before, "after": after, "open": bool(after and not before)}


@register.simple_tag
def excerpt(text: str, spans: Iterable[passages.Span] = (), length: int = 180) -> SafeString:
    """The part of a text around its first span."""
    return passages.excerpt(text, spans or (), length=length)


@register.simple_tag
def provenance_words(attribute: str = "") -> str:
    """The sentence behind the "simulated" label."""
    return passages.provenance_words(attribute)


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """` data-theme="dark"` when the visitor chose one, for the `<html>` tag: no flash, no script needed."""
    chosen = theme_of(context.get("request"))
    return format_html(' data-theme="{}"', chosen) if chosen != "auto" else mark_safe("")


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The visitor's choice: auto, light or dark."""
    return theme_of(context.get("request"))


@register.simple_tag
def brand() -> str:
    """The brand that runs this shop."""
    return str(getattr(settings, "BRAND", "Parvis"))


@register.simple_tag(takes_context=True)
def languages(context: Context) -> list[dict[str, Any]]:
    """The languages of the site: code, name in itself, current, and the address of this page in it ("" when the address
    does not carry the language, as in the studio: the switch then posts the choice)."""
    request: HttpRequest | None = context.get("request")
    here = request.get_full_path() if request else "/"
    first, _slash, rest = here.removeprefix("/").partition("/")
    carried = any(first == code for code, _name in settings.LANGUAGES)  # the language is the first part, or nowhere
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "current": code == get_language(),
            "url": f"/{code}/{rest}" if carried else "",
        }
        for code, _name in settings.LANGUAGES
    ]


@register.simple_tag(takes_context=True)
def here(context: Context) -> str:
    """The address of this page with its query."""
    request: HttpRequest | None = context.get("request")
    return request.get_full_path() if request else "/"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> SafeString:
    """The query of this page with some parameters changed: `href="{% query page=2 %}"`. None or "" removes one."""
    request: HttpRequest | None = context.get("request")
    params = request.GET.copy() if request else None
    if params is None:
        return mark_safe("?")
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        elif isinstance(value, list | tuple):
            params.setlist(key, [str(item) for item in value])
        else:
            params[key] = str(value)
    return escape("?" + params.urlencode())


_OPTIONAL_MARK = ' <span class="field__optional">({})</span>'
_ERRORS = '<div id="{}_error">{}</div>'


@register.simple_tag
def dressed(field: BoundField, plain: bool = False) -> SafeString:
    """A text field or a choice of a form with its label, help and errors: written here, since pages have many."""
    key = field.auto_id
    optional = "" if field.field.required or plain else _OPTIONAL_MARK.format(escape(gettext("optional")))
    help_text = f'<div class="field__help" id="{key}_helptext">{conditional_escape(field.help_text)}</div>'
    errors = "".join(
        f'<p class="field__error">{icon("alert")}<span>{conditional_escape(str(error))}</span></p>'
        for error in field.errors
    )
    return mark_safe(  # noqa: S308 - escaped above; ids are of our forms
        f'<div class="field">\n  <label class="field__label" for="{escape(field.id_for_label)}">'
        f"{conditional_escape(field.label)}{optional}</label>\n  {help_text if field.help_text else ''}\n  {field}\n"
        f"{_ERRORS.format(key, errors) if errors else ''}</div>"
    )


_BUTTON = ("href", "type", "variant", "size", "class", "wide", "only_icon", "icon", "slot")


@register.simple_tag(takes_context=True)
def drawn_button(context: Context) -> SafeString:
    """The inside of the button component, from its own variables: written here, since pages have many."""
    own: dict[str, Any] = {name: context.get(name) or "" for name in _BUTTON}
    names = ["button"]
    names += [f"button--{conditional_escape(own[name])}" for name in ("variant", "size") if own[name]]
    names += ["button--wide"] * bool(own["wide"]) + ["button--icon"] * bool(own["only_icon"])
    names += [conditional_escape(own["class"])] * bool(own["class"])
    tag, first = ("a", "href") if own["href"] else ("button", "type")
    drawn = icon(str(own["icon"])) if own["icon"] else ""
    inside = conditional_escape(own["slot"])
    if own["only_icon"]:
        inside = format_html('<span class="visually-hidden">{}</span>', inside)
    return mark_safe(  # noqa: S308 - every part is escaped above
        f'<{tag} {first}="{conditional_escape(own[first])}" class="{" ".join(names)}"{extra(context["attrs"])}>'
        f"{drawn}{inside}</{tag}>"
    )


@register.inclusion_tag("design/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """`{% error_summary form card %}`: everything that is wrong in a page's forms, each with a link to its field; the
    focus goes there when the page opens. Nothing when nothing is wrong."""
    told: list[tuple[str, str, str]] = []
    for form in forms:
        if not form or not form.is_bound:
            continue
        told += [("", str(error), "") for error in form.non_field_errors()]
        for field in form.visible_fields():
            many = getattr(field.field.widget, "input_type", "") == "radio"
            target = f"{field.auto_id}_0" if many else field.id_for_label
            told += [(str(field.label), str(error), target) for error in field.errors]
    return {"told": told}
