"""The code that a team copies into another site: HTML, Liquid for Shopify, Smarty for PrestaShop, a mail."""

from dataclasses import dataclass

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import escape

from parvis.domains.evidence.contracts import Widget
from parvis.interfaces.widgets.content import HEIGHTS

_LIQUID_SKU = "{{ product.selected_or_first_available_variant.sku | escape }}"
# Where even the script does not come, the height that was reserved below the window goes; in sight nothing moves.
_WITHOUT_US = (
    "document.querySelectorAll('[data-parvis]').forEach(function(e)"
    "{if(e.getBoundingClientRect().top>innerHeight)e.style.minHeight=0})"
)
_SMARTY_REFERENCE = "{$product.reference|escape:'html':'UTF-8'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Codes:
    """One text for each kind of site. ``include``: for servers that put the widget in their pages themselves."""

    html: str
    liquid: str
    smarty: str
    include: str


def codes(widget: Widget, *, ref: str) -> Codes:
    """The codes of a widget; ``ref`` names the product where the page cannot."""
    own = widget.product_id is not None
    shown = "-" if own else ref
    return Codes(
        html=_tag(widget, escape(shown)),
        liquid=_tag(widget, "-" if own else _LIQUID_SKU, lang="{{ request.locale.iso_code | slice: 0, 2 }}"),
        smarty=_tag(widget, "-" if own else _SMARTY_REFERENCE, lang="{$language.iso_code}").replace(
            _WITHOUT_US, f"{{literal}}{_WITHOUT_US}{{/literal}}"
        ),
        include=f"{settings.PUBLIC_URL}/w/{widget.key}/{shown}.html?lang=fr",
    )


def _tag(widget: Widget, ref: str, *, lang: str = "") -> str:
    script = f"{settings.PUBLIC_URL}{static('widgets/widget.js')}"
    spoken = f' data-lang="{lang}"' if lang else ""
    reserved = f'style="min-height:{HEIGHTS[widget.kind]}px"'
    return (
        f'<div data-parvis="{widget.key}" data-product="{ref}"{spoken} {reserved}></div>\n'
        f'<script src="{script}" async onerror="{_WITHOUT_US}"></script>'
    )
