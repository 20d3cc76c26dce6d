"""Templates whose constant parts are written once a language.

Most of a page is the same for every reader of a language: words, addresses without arguments, files, icons. Django
looks each of them up again at every render. Here a loaded template's neighbouring constant nodes become one node that
keeps what it wrote; everything else stays as it is. With template debugging nothing is folded, so that errors name
their line.
"""

from collections.abc import Iterable
from typing import Any

from django.template import Context, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.defaulttags import CommentNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_PREFIX = "parvis.folding.prefix"


def constant(tag: Any) -> Any:
    """Decorator of a simple tag: with constant arguments it writes the same for all readers of a language."""
    tag.writes_constant = True
    return tag


class _Folding(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template: Template = super().get_template(template_name, skip)
        if not self.engine.debug:
            template.nodelist = _Settled(folded(template.nodelist))
        return template


class Loader(cached.Loader, _Folding):
    """Django's caching loader. A template is folded before it is kept: no other thread may draw it meanwhile."""


class _Settled(NodeList):
    """The nodes of a template that will not change any more: which of a kind are among them is asked at every render of
    a page that extends it, and found once."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        super().__init__(nodes)
        self._by_type: dict[Any, list[Any]] = {}

    def get_nodes_by_type(self, nodetype: Any) -> list[Any]:
        found = self._by_type.get(nodetype)
        if found is None:
            found = self._by_type[nodetype] = super().get_nodes_by_type(nodetype)
        return found


class Folded(Node):
    """Constant nodes that stand beside each other."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.token, self.origin = nodes[0].token, nodes[0].origin
        self._written: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        around = context.render_context
        prefix = around.get(_PREFIX)
        if prefix is None:
            prefix = around[_PREFIX] = get_script_prefix()
        key = (get_language(), context.autoescape, prefix)
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = SafeString(
                "".join(str(node.render_annotated(context)) for node in self.nodes)
            )
        return written


def folded(nodes: NodeList) -> NodeList:
    """The nodes with each run of constant ones as one, in every branch below; the list itself is changed."""
    kept: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if _constant(node):
            run.append(node)
            continue
        kept += _one(run)
        run = []
        _fold_below(node)
        kept.append(node)
    nodes[:] = [*kept, *_one(run)]
    return nodes


def _one(run: list[Node]) -> list[Node]:
    """A run as one node; plain text is as quick as can be already."""
    return run if all(isinstance(node, TextNode) for node in run) else [Folded(run)]


def _fold_below(node: Node) -> None:
    for value in vars(node).values():
        if isinstance(value, NodeList):
            folded(value)
    for _condition, branch in getattr(node, "conditions_nodelists", ()):
        folded(branch)


def _constant(node: Node) -> bool:
    if isinstance(node, TextNode | CommentNode | LoadNode):
        return True
    if isinstance(node, TranslateNode):
        return node.asvar is None and _literal(node.filter_expression) and _literal(node.message_context)
    if isinstance(node, URLNode):
        return node.asvar is None and all(map(_literal, (node.view_name, *node.args, *node.kwargs.values())))
    if isinstance(node, StaticNode):
        return node.varname is None and _literal(node.path)
    if isinstance(node, SimpleNode):
        return (
            getattr(node.func, "writes_constant", False)
            and node.target_var is None
            and all(map(_literal, (*node.args, *node.kwargs.values())))
        )
    return False


def _literal(expression: FilterExpression | None) -> bool:
    """Whether an argument is written in the template itself, as text or a number, and passes through no filter."""
    if expression is None:
        return True
    if not isinstance(expression, FilterExpression) or expression.filters:
        return False
    return not isinstance(expression.var, Variable) or expression.var.lookups is None
