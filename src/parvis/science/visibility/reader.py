"""A page as a program without a script engine reads it: words, headings, links, data; nothing is fetched or run.

>>> read("<html lang='en'><title>A</title><h1>Hi</h1><script>no()</script><p>Soft dress").words
4
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from typing import Any

from parvis.science.visibility import embedded, markup

_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "head"})
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_BREAKS = frozenset(
    ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "header", "footer", "td", "th", "dt",
     "dd", "br", "tr", "blockquote")
)  # fmt: skip
MOST = 3_000_000  # characters of a page that are read


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page says. ``kinds``: how many nodes of each type its data holds; ``rated``: aggregate rating with its
    count, "" without; ``errors``: faults of the data that cost a rich result; ``text``: the visible words by line."""

    title: str
    description: str
    language: str
    canonical: str
    alternates: int
    robots: str
    headings: tuple[str, ...]
    words: int
    links: int
    images: int
    images_described: int
    videos: int
    documents: int
    kinds: Mapping[str, int]
    errors: tuple[str, ...]
    rated: str
    prices: tuple[str, ...]
    quotes: int
    text: str

    def facts(self) -> dict[str, Any]:
        """Everything but the whole text, as plain values that JSON can hold, and a digest of the text."""
        held = asdict(self)
        held.pop("text")
        held["text"] = hashlib.sha256(self.text.encode()).hexdigest()[:16]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in held.items()}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent = 0
        self.inside: list[str] = []
        self.pieces: list[str] = []
        self.title: list[str] = []
        self.heads: list[list[str]] = []
        self.data: list[list[str]] = []
        self.meta: dict[str, str] = {}
        self.language = self.canonical = ""
        self.alternates = self.links = self.images = self.described = self.videos = self.quotes = 0
        self.words_of_title = self.reading_data = self.heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._count(tag, told)
        if tag == "body" and "head" in self.inside:  # the end of the head may be left out
            self.handle_endtag("head")
        if tag == "script":
            self.reading_data = told.get("type", "").strip().lower() == "application/ld+json"
            if self.reading_data:
                self.data.append([])
        elif tag == "title" and "svg" not in self.inside:
            self.words_of_title = True
        elif tag == "h1":
            self.heading = True
            self.heads.append([])
        if tag in _BREAKS:
            self.pieces.append("\n")
        if tag in _SILENT:
            self.silent += 1
            self.inside.append(tag)

    def _count(self, tag: str, told: Mapping[str, str]) -> None:
        if tag == "html":
            self.language = told.get("lang", "")
        elif tag == "meta" and told.get("name"):
            self.meta[told["name"].lower()] = told.get("content", "")
        elif tag == "link":
            kinds = told.get("rel", "").lower().split()
            if "canonical" in kinds:
                self.canonical = told.get("href", "")
            self.alternates += "alternate" in kinds and "hreflang" in told
        elif tag == "a" and told.get("href"):
            self.links += 1
        elif tag == "img":
            self.images += 1
            self.described += bool(told.get("alt", "").strip())
        elif tag == "video":
            self.videos += 1
        elif tag == "blockquote" or "data-voice" in told:
            self.quotes += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.reading_data = False
        elif tag == "title":
            self.words_of_title = False
        elif tag == "h1":
            self.heading = False
        if tag in _SILENT and tag in self.inside:
            while self.inside and self.inside.pop() != tag:
                self.silent -= 1
            self.silent -= 1
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self.reading_data and self.data:
            self.data[-1].append(data)
        elif self.words_of_title:
            self.title.append(data)
        elif not self.silent:
            self.pieces.append(data)
            if self.heading:
                self.heads[-1].append(data)


def read(page: str) -> Seen:
    """What ``page`` (HTML) says."""
    parser = _Page()
    parser.feed(page[:MOST])
    parser.close()
    lines = [" ".join(line.split()) for line in "".join(parser.pieces).split("\n")]
    text = "\n".join(line for line in lines if line)
    documents = ["".join(parts) for parts in parser.data]
    if "itemscope" in page or "typeof" in page:
        documents += [json.dumps(node) for node in embedded.nodes(page[:MOST])]
    kinds, rated, prices = _data(documents)
    errors = [
        f"{fault.code} {fault.at} {fault.field}".strip()
        for document in documents
        for fault in markup.check_text(document)
        if fault.severity is markup.Severity.ERROR
    ]
    return Seen(
        title=_line(parser.title),
        description=parser.meta.get("description", "").strip(),
        language=parser.language,
        canonical=parser.canonical,
        alternates=parser.alternates,
        robots=parser.meta.get("robots", ""),
        headings=tuple(_line(parts) for parts in parser.heads),
        words=len(re.findall(r"\w+", text)),
        links=parser.links,
        images=parser.images,
        images_described=parser.described,
        videos=parser.videos,
        documents=len(documents),
        kinds=kinds,
        errors=tuple(errors[:20]),
        rated=rated,
        prices=tuple(prices[:20]),
        quotes=parser.quotes,
        text=text,
    )


def _line(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _data(documents: list[str]) -> tuple[dict[str, int], str, list[str]]:
    counts: dict[str, int] = {}
    rated: list[str] = []
    prices: list[str] = []
    for node in _nodes(documents):
        for kind in markup.kinds(node):
            counts[kind] = counts.get(kind, 0) + 1
            if kind == "AggregateRating":
                rated.append(f"{node.get('ratingValue')} ({node.get('reviewCount') or node.get('ratingCount')})")
            elif kind == "Offer":
                prices.append(_offer(node))
    return dict(sorted(counts.items())), (rated or [""])[0], prices


def _offer(node: Mapping[str, Any]) -> str:
    state = node.get("availability")
    named = state.get("@id", "") if isinstance(state, Mapping) else str(state or "")
    return f"{node.get('price')} {node.get('priceCurrency')} {named.rpartition('/')[2]}".strip()


def _nodes(documents: list[str]) -> Iterator[Mapping[str, Any]]:
    """Every object in the documents that can be read."""
    waiting: list[Any] = []
    for document in documents:
        try:
            waiting.append(json.loads(document))
        except (ValueError, RecursionError):
            continue
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, Mapping):
            yield node
            waiting += reversed([each for each in node.values() if isinstance(each, (list, Mapping))])


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, now) for each fact that two readings of a page (:meth:`Seen.facts`) tell differently."""
    found = []
    for key in sorted({*before, *now}):
        old, new = before.get(key, ""), now.get(key, "")
        if key == "kinds":
            for kind in sorted({*(old or {}), *(new or {})}):
                one, two = (old or {}).get(kind, 0), (new or {}).get(kind, 0)
                if one != two:
                    found.append((f"kinds.{kind}", str(one), str(two)))
        elif old != new:
            found.append((key, _told(old), _told(new)))
    return found


def _told(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= 200 else text[:199] + "…"
