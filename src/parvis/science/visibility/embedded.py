"""Structured data written into the elements of a page (microdata, RDFa Lite) as the nodes that JSON-LD would hold.

>>> nodes('<div itemscope itemtype="https://schema.org/Brand"><b itemprop="name">Atelier</b></div>')
[{'@type': 'Brand', 'name': 'Atelier'}]

Of RDFa what people write for schema.org is read: vocab, prefix, typeof, property, resource, about, content. Items of
other vocabularies are left out. Source: HTML Living Standard, microdata; W3C RDFa Lite 1.1.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from parvis.science.visibility import vocabulary

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_ADDRESS = {
    "a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "embed": "src", "iframe": "src",
    "source": "src", "track": "src", "video": "src", "object": "data",
}  # fmt: skip
_VALUE = {"meta": "content", "data": "value", "meter": "value", "time": "datetime"}
_SCHEMA = ("http://schema.org/", "https://schema.org/", "http://schema.org", "https://schema.org")
_DEEPEST = 200
_REFERRED, _REFERRING = 20, 3  # pages that refer in circles end here
Node = dict[str, Any]


class _Element:
    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[_Element | str] = []

    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text() for each in self.children)

    def walk(self) -> "Iterator[_Element]":
        for each in self.children:
            if isinstance(each, _Element):
                yield each
                yield from each.walk()


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in _VOID and len(self.open) < _DEEPEST:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open[-1].name == tag and tag in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(each.name == tag for each in self.open[1:]):
            while self.open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open[-1].name not in ("script", "style"):
            self.open[-1].children.append(data)


def nodes(page: str) -> list[Node]:
    """The items of schema.org at the top of ``page`` (HTML), microdata before RDFa."""
    tree = _Tree()
    tree.feed(page)
    tree.close()
    return [*_microdata(tree.root), *_rdfa(tree.root)]


def _put(node: Node, names: str, value: Any) -> None:
    for name in names.split():
        bare = vocabulary.bare(name).removeprefix("schema:")
        if bare in node:
            held = node[bare]
            node[bare] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            node[bare] = value


def _own_value(element: _Element) -> str:
    told = element.attributes
    if element.name in _ADDRESS and _ADDRESS[element.name] in told:
        return told[_ADDRESS[element.name]].strip()
    if element.name in _VALUE and _VALUE[element.name] in told:
        return told[_VALUE[element.name]].strip()
    return " ".join((told.get("content") or element.text()).split())


# -- microdata --------------------------------------------------------------------------------------------------


def _microdata(root: _Element) -> list[Node]:
    named = {each.attributes["id"]: each for each in root.walk() if "id" in each.attributes}
    tops = [each for each in root.walk() if "itemscope" in each.attributes and "itemprop" not in each.attributes]
    return [node for node in (_item(each, named, 0) for each in tops) if "@type" in node]


def _item(element: _Element, named: dict[str, _Element], depth: int) -> Node:
    types = [vocabulary.bare(each) for each in element.attributes.get("itemtype", "").split() if _is_ours(each)]
    node: Node = {"@type": types[0] if len(types) == 1 else types} if types else {}
    if "itemid" in element.attributes:
        node["@id"] = element.attributes["itemid"]
    if depth < _DEEPEST:
        _properties(element, node, named, depth)
        for name in element.attributes.get("itemref", "").split()[:_REFERRED]:
            if depth < _REFERRING and name in named and named[name] is not element:
                around = _Element("", {})
                around.children.append(named[name])
                _properties(around, node, named, depth + 1)
    return node


def _properties(element: _Element, node: Node, named: dict[str, _Element], depth: int) -> None:
    for child in element.children:
        if not isinstance(child, _Element):
            continue
        names, inner = child.attributes.get("itemprop", ""), "itemscope" in child.attributes
        if names:
            _put(node, names, _item(child, named, depth + 1) if inner else _own_value(child))
        if not inner:
            _properties(child, node, named, depth)


def _is_ours(address: str) -> bool:
    return address.startswith(_SCHEMA)


# -- RDFa -------------------------------------------------------------------------------------------------------


def _rdfa(root: _Element) -> list[Node]:
    found: list[Node] = []
    _inside(root, None, False, found)
    return found


def _inside(element: _Element, node: Node | None, ours: bool, found: list[Node]) -> None:
    """Read what is below ``element``, which speaks of ``node``; ``ours``: bare words are words of schema.org."""
    for child in element.children:
        if not isinstance(child, _Element):
            continue
        told = child.attributes
        here = _is_ours(told["vocab"]) if "vocab" in told else ours
        kinds = [kind for kind in (_word(each, here) for each in told.get("typeof", "").split()) if kind]
        names = " ".join(filter(None, (_word(each, here) for each in told.get("property", "").split())))
        if kinds:
            inner: Node = {"@type": kinds[0] if len(kinds) == 1 else kinds}
            address = told.get("resource") or told.get("about") or told.get("href") or told.get("src")
            inner |= {"@id": address} if address else {}
            if names and node is not None:
                _put(node, names, inner)
            else:
                found.append(inner)
            _inside(child, inner, here, found)
            continue
        if names and node is not None:
            _put(node, names, told.get("resource") or told.get("content") or _own_value(child))
        _inside(child, node, here, found)


def _word(name: str, ours: bool) -> str:
    """A word of schema.org, or "" for one of another vocabulary."""
    if name.startswith("schema:") or _is_ours(name):
        return vocabulary.bare(name).removeprefix("schema:")
    return name if ours and ":" not in name else ""
