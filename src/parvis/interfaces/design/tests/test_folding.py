"""Folded templates write what unfolded ones write, for every reader, and keep only what is constant."""

import pytest
from django.template import Context, Engine, Template, engines
from django.template.base import NodeList
from django.test import RequestFactory
from django.utils import translation

from parvis.interfaces.design import folding
from parvis.interfaces.design.folding import Folded, folded

PARTS = {
    "words": '<p>{% translate "Cart" %}</p> {% translate "Ask" context "header" %}',
    "address": "<a href=\"{% url 'storefront:legal_text' kind='terms' %}\">{% url 'storefront:home' %}</a>",
    "file": "{% static 'design/parvis.js' %}{# nothing #}",
    "icon": '{% icon "cart" %} {% icon "cart" label="Cart" %}',
    "branches": '{% if many %}{% translate "Cart" %}{% else %}{% translate "Shop" %}{{ evil }}{% endif %}',
    "loop": '{% for each in many %}{{ each }} {% translate "Cart" %}{% empty %}{% translate "Shop" %}{% endfor %}',
    "kept": '{% translate "Cart" as word %}{{ word|upper }}{% url "storefront:cart" as cart %}{{ cart }}',
    "variable": "{% translate word %} {% icon name %} {% url view %} {% static file %}",
    "filter": '{% translate "Cart"|upper %} {% brand %}',
}
GIVEN = {"word": "Cart", "name": "moon", "view": "storefront:cart", "file": "design/parvis.js", "evil": "<b>"}


def _template(source: str) -> Template:
    found = engines["django"].from_string("{% load design %}" + source).template
    assert isinstance(found, Template)
    return found


def _drawn(template: Template, **more: object) -> str:
    return template.render(Context({**GIVEN, **more, "request": RequestFactory().get("/en/")}))


@pytest.mark.parametrize("part", list(PARTS))
def test_the_same_is_written_for_every_reader(part: str) -> None:
    plain, quick = _template(PARTS[part]), _template(PARTS[part])
    folded(quick.nodelist)
    for _ in range(2):
        for language in ("en", "fr"):
            for many in ([], [1, 2]):
                with translation.override(language):
                    assert _drawn(quick, many=many) == _drawn(plain, many=many)


def test_constant_neighbours_become_one_and_what_varies_stays() -> None:
    quick = _template('a {% translate "Cart" %} b {% static "design/parvis.js" %}{{ evil }}{% translate word %}')
    folded(quick.nodelist)
    kinds = [type(node).__name__ for node in quick.nodelist]
    assert kinds == ["Folded", "VariableNode", "TranslateNode"]


def test_a_failure_is_not_kept() -> None:
    quick = _template("{% url 'storefront:no_such_page' %}")
    folded(quick.nodelist)
    for _ in range(2):
        with pytest.raises(Exception, match="no_such_page"):
            _drawn(quick)


def test_a_template_is_folded_before_another_thread_can_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folding changes lists that a render walks over: it must be over when the template is kept."""
    made = engines["django"].engine.loaders
    loader = Engine(loaders=made, builtins=engines["django"].engine.builtins, libraries=_libraries()).template_loaders[
        0
    ]
    kept: list[int] = []

    def watched(nodes: NodeList) -> NodeList:
        kept.append(len(loader.get_template_cache))
        return folded(nodes)

    monkeypatch.setattr(folding, "folded", watched)
    loader.get_template("design/toasts.html")
    assert set(kept) == {0}


def test_the_house_is_folded_and_debugging_is_not() -> None:
    def nodes(debug: bool) -> list[Folded]:
        loaders = engines["django"].engine.loaders
        engine = Engine(
            loaders=loaders, debug=debug, builtins=engines["django"].engine.builtins, libraries=_libraries()
        )
        return engine.get_template("design/base.html").nodelist.get_nodes_by_type(Folded)

    assert nodes(debug=False)
    assert not nodes(debug=True)


def _libraries() -> dict[str, str]:
    return dict(engines["django"].engine.libraries)
