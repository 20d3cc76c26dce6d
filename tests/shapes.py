"""Structured data held against schema.org's own SHACL shapes, fast enough for every page of a shop.

The published shapes (tests/vendor/schemaorg) use seven words of SHACL: targetClass, nodeKind, property, path, node, or,
and pattern, which :func:`published` adds where data types forgot to say what their texts look like. :func:`faults`
follows exactly these over one document; :func:`reference` asks pySHACL the same, a hundred times slower. A test holds
the two against each other.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).parent / "vendor" / "schemaorg"
DATA_TYPES = {
    "Text": ("Literal", r"\S"),
    "URL": ("IRIOrLiteral", r"^https?://[^\s]+$"),
    "Date": ("Literal", r"^\d{4}-\d{2}-\d{2}$"),
    "DateTime": ("Literal", r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}"),
    "Number": ("Literal", r"^-?\d+(\.\d+)?$"),
    "Integer": ("Literal", r"^-?\d+$"),
    "Duration": ("Literal", r"^P\S+$"),
    "Boolean": ("IRIOrLiteral", "(true|false|True|False)$"),
}


@cache
def published() -> tuple[Any, Any, Any]:
    """Shapes, subclasses and context of the vocabulary, read once."""
    rdflib = pytest.importorskip("rdflib")
    shapes = rdflib.Graph().parse(VENDOR / "schemaorg-shapes.shacl", format="turtle")
    sh, own = rdflib.Namespace("http://www.w3.org/ns/shacl#"), rdflib.Namespace("http://schema.org/validation#")
    # As published, the shapes of data types accept no literal at all (release 30.0): say what their texts look like.
    for name, (kind, pattern) in DATA_TYPES.items():
        shape = own[f"ValidSchema{name}"]
        assert (shape, sh.nodeKind, sh.BlankNodeOrIRI) in shapes
        shapes.set((shape, sh.nodeKind, sh[kind]))
        shapes.add((shape, sh.pattern, rdflib.Literal(pattern)))
    classes = rdflib.Graph().parse(VENDOR / "schemaorg-subclasses.shacl", format="turtle")
    return shapes, classes, json.loads((VENDOR / "schemaorgcontext.jsonld").read_text())["@context"]


def reference(document: Mapping[str, Any]) -> str:
    """What pySHACL objects to; empty when nothing."""
    pyshacl = pytest.importorskip("pyshacl")
    shapes, classes, _context = published()
    told = pyshacl.validate(_graph(document), shacl_graph=shapes, ont_graph=classes, max_validation_depth=60)
    return "" if told[0] else str(told[2])


def _graph(document: Mapping[str, Any]) -> Any:
    import rdflib
    from rdflib.plugins.parsers.jsonld import Parser

    own = {key: value for key, value in document.items() if key != "@context"}
    everything = rdflib.Dataset()
    Parser().parse(own, _words(), everything)
    made = everything.default_graph
    assert len(made) > 2, "the context was not understood"
    return made


@cache
def _words() -> Any:
    """The context, read once: reading it takes longer than a page."""
    from rdflib.plugins.shared.jsonld.context import Context

    # relative addresses become some of this one, which no pattern takes
    return Context(source={"@context": published()[2]}, base="file:///page/")


@cache
def _compiled() -> tuple[dict[Any, Any], dict[Any, list[Any]]]:
    """Shape by name (node kind, pattern, [(path, shapes of which one must fit)]); shapes by the class they aim at."""
    import rdflib
    from rdflib.collection import Collection

    graph, _classes, _context = published()
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    shapes, aims = {}, {}
    for shape, kind in graph.subject_objects(sh.nodeKind):
        fields = []
        for field in graph.objects(shape, sh.property):
            listed = graph.value(field, sh["or"])
            options = [graph.value(each, sh.node) for each in Collection(graph, listed)] if listed is not None else []
            fields.append((graph.value(field, sh.path), options or [graph.value(field, sh.node)]))
        pattern = graph.value(shape, sh.pattern)
        shapes[shape] = (kind.rpartition("#")[2], re.compile(str(pattern)) if pattern is not None else None, fields)
        for aimed in graph.objects(shape, sh.targetClass):
            aims.setdefault(aimed, []).append(shape)
    return shapes, aims


@cache
def _kinds(kind: Any) -> tuple[Any, ...]:
    """A class and all above it."""
    import rdflib

    return tuple(published()[1].transitive_objects(kind, rdflib.RDFS.subClassOf))


def faults(document: Mapping[str, Any]) -> str:
    """What the shapes object to, a line each (type, property, value); empty when nothing."""
    import rdflib

    graph = _graph(document)
    shapes, aims = _compiled()
    known: dict[tuple[Any, Any], bool] = {}

    def fits(node: Any, shape: Any) -> bool:
        if (node, shape) not in known:
            known[node, shape] = True  # a circle is sound when everything else on it is
            kind, pattern, fields = shapes[shape]
            literal = isinstance(node, rdflib.Literal)
            right = {"Literal": literal, "BlankNodeOrIRI": not literal}.get(kind, not isinstance(node, rdflib.BNode))
            known[node, shape] = (
                right
                and (pattern is None or pattern.search(str(node)) is not None)
                and (literal or not any(True for field in fields for _ in wrong(node, field)))
            )
        return known[node, shape]

    def wrong(node: Any, field: Any) -> Any:
        path, options = field
        return (value for value in graph.objects(node, path) if not any(fits(value, each) for each in options))

    told = []
    for node, kind in graph.subject_objects(rdflib.RDF.type):
        for aimed in _kinds(kind):
            for shape in aims.get(aimed, ()):
                for field in shapes[shape][2]:
                    name = f"{kind.rpartition('/')[2]} {field[0].rpartition('/')[2]}"
                    told += [f"{name}: {value}" for value in wrong(node, field)]
    return "\n".join(sorted(set(told)))
