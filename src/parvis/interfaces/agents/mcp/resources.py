"""What can be read by address: each product's twin (Markdown), its signed statement (JSON), and the shop's overview."""

import json
import re
from typing import Any

from django.conf import settings
from django.utils.translation import override

from parvis.core.errors import NotFound
from parvis.core.pagination import BadCursor, decode_cursor, encode_cursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence.web import signing
from parvis.interfaces.agents.mcp.protocol.messages import INVALID_PARAMS, RpcError
from parvis.interfaces.agents.mcp.protocol.server import Call
from parvis.interfaces.agents.mcp.words import line, twin_of
from parvis.interfaces.agents.views import llms, statements, twins

PAGE = 50
_PATH = re.compile(r"/(?P<language>fr|en)/products/(?P<slug>[a-z0-9_-]{1,200})\.(?P<kind>md|evidence\.json)")


class ShopResources:
    """Products as documents. The same addresses answer over plain HTTP."""

    def listed(self, call: Call, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        after = _after(cursor)
        found = catalog.products_after(after, locale="en", limit=PAGE + 1)
        told = [] if after else [_overview()]
        for item in found[:PAGE]:
            name = line(item.name, limit=200)
            told.append(
                {
                    "uri": twin_of(item.slug, "en"),
                    "name": f"{item.slug}.md",
                    "title": name,
                    "description": "Facts, rating, what customers like and regret, reviews, questions and answers.",
                    "mimeType": "text/markdown",
                }
            )
        return told, encode_cursor(found[PAGE - 1].id) if len(found) > PAGE else None

    def templates(self, call: Call) -> list[dict[str, Any]]:
        here = settings.PUBLIC_URL
        return [
            {
                "uriTemplate": f"{here}/{{language}}/products/{{product}}.md",
                "name": "product",
                "title": "A product, with what customers say",
                "description": "language is en or fr; product is its name in search_products.",
                "mimeType": "text/markdown",
            },
            {
                "uriTemplate": f"{here}/{{language}}/products/{{product}}.evidence.json",
                "name": "statement",
                "title": "What customers say of a product, signed by the shop",
                "description": "Counts, points for and against, and quotes with their sources; a JWS beside them.",
                "mimeType": "application/json",
            },
        ]

    def read(self, call: Call, uri: str) -> list[dict[str, Any]] | None:
        here = settings.PUBLIC_URL
        if not uri.startswith(f"{here}/"):
            return None
        path = uri.removeprefix(here)
        if path == "/llms.txt":
            return [{"uri": uri, "mimeType": "text/markdown", "text": llms.text()}]
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        try:
            if found["kind"] == "md":
                text, kind = twins.text_of(found["slug"], found["language"]), "text/markdown"
            else:
                text, kind = _statement(found["slug"], found["language"]), "application/json"
        except NotFound:
            return None
        return [{"uri": uri, "mimeType": kind, "text": text}]


def _overview() -> dict[str, Any]:
    return {
        "uri": f"{settings.PUBLIC_URL}/llms.txt",
        "name": "llms.txt",
        "title": "The shop in short",
        "description": "What is sold, by category, the most reviewed first.",
        "mimeType": "text/markdown",
    }


def _statement(slug: str, language: str) -> str:
    with override(language):
        made = statements.evidence_of(catalog.product_by_slug(slug, locale=language), language)
    return json.dumps({"evidence": made, "jws": signing.sign(made)}, ensure_ascii=False)


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        (after,) = decode_cursor(cursor, length=1)
    except BadCursor:
        after = None
    if not isinstance(after, int) or not 0 <= after < 2**53:
        raise RpcError(INVALID_PARAMS, "This cursor is not known.")
    return after
