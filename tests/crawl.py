"""Every public page of a shop, found as programs find them, and everything that could be wrong with what it tells them.

Used by a test on a small shop and by benchmarks/markup_of_shop.py on a running one.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests import shapes

from parvis.science.visibility import markup

Get = Callable[[str], tuple[int, str]]  # an absolute address -> status, text
KINDS = (
    (r"/products/[\w-]+/reviews/", "reviews of a product"), (r"/products/[\w-]+/questions/", "question"),
    (r"/products/[\w-]+/$", "product"), (r"/products/", "list"), (r"/shop-reviews/", "reviews of the shop"),
    (r"/faq/", "answers"), (r"/(how-we|privacy|about)[\w-]*/", "about the shop"), (r"", "home"),
)  # fmt: skip
LIST_PAGES = 2  # further pages of the list of all products


@dataclass
class Report:
    """``faulty``: (address, what is wrong); ``advice``: what engines would like as well; ``otherwise``: documents that
    pySHACL judged unlike the shapes as followed here, of ``checked`` pages."""

    faulty: list[tuple[str, str]] = field(default_factory=list)
    pages: Counter[str] = field(default_factory=Counter)
    nodes: Counter[str] = field(default_factory=Counter)
    advice: Counter[str] = field(default_factory=Counter)
    checked: int = 0
    otherwise: int = 0


def addresses(get: Get, shop: str) -> list[str]:
    """Every page of the site maps, and those that follow from them."""
    found: list[str] = []
    for place in re.findall(r"<loc>([^<]+)</loc>", get(f"{shop}/sitemap.xml")[1]):
        found += map(unescape, re.findall(r"<loc>([^<]+)</loc>", get(place)[1]))
    found = list(dict.fromkeys(found))
    lists = [each for each in found if each.endswith("/products/")]
    further = [f"{each}?page={number}" for each in lists for number in range(2, 2 + LIST_PAGES)]
    about = [re.sub(r"/products/$", "/about-the-demo/", each) for each in lists]
    reviews = [f"{each}reviews/" for each in found if re.search(r"/products/[\w-]+/$", each)]
    return [*found, *further, *about, *reviews]


def kind_of(address: str) -> str:
    """What kind of page an address is of."""
    return next(kind for pattern, kind in KINDS if re.search(pattern, address))


def documents(page: str) -> list[Any]:
    """The structured data of a page."""
    return [json.loads(each) for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]


def judge(get: Get, taken: Iterable[str], *, whole: bool, checked: Iterable[str] = ()) -> Report:
    """Fetch and judge ``taken``. ``whole``: they are all the pages there are, so that each language version must be
    among them. Pages in ``checked`` are put to pySHACL too."""
    report, named, twice = Report(), dict[str, dict[str, str]](), set(checked)
    for address in taken:
        status, page = get(address)
        if status != 200:
            report.faulty.append((address, f"answers {status}"))
            continue
        report.pages[kind_of(address)] += 1
        report.faulty += [(address, each) for each in _astray(address, page, named)]
        found = documents(page)
        report.faulty += [] if found else [(address, "no structured data")]
        report.checked += address in twice
        for document in found:
            _judge(report, address, document, twice=address in twice)
    for address, told in named.items():
        for there in told.values():
            if whole and there not in named:
                report.faulty.append((address, f"{there} is not found"))
            elif there in named and named[there] != told:
                report.faulty.append((address, f"{there} does not point back"))
    return report


def _judge(report: Report, address: str, document: Any, *, twice: bool) -> None:
    by_shapes = shapes.faults(document)
    report.faulty += [(address, f"shapes: {each}") for each in by_shapes.splitlines()]
    if twice:
        report.otherwise += bool(by_shapes) != bool(shapes.reference(document))
    for fault in markup.check(document):
        if fault.severity is markup.Severity.ERROR or fault.code == "unknown_property":
            report.faulty.append((address, f"{fault.code} {fault.at} {fault.field}"))
        else:
            report.advice[f"{fault.code} {fault.kind}.{fault.field}"] += 1
    report.nodes.update(kind for node in markup.roots(document) for kind in markup.kinds(node))


def _astray(address: str, page: str, named: dict[str, dict[str, str]]) -> list[str]:
    """What is wrong with the addresses that ``page`` tells; its language versions go into ``named``."""
    canonical = [unescape(each) for each in re.findall(r'<link rel="canonical" href="([^"]+)"', page)]
    told = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', page)
    named[address] = {code: unescape(there) for code, there in told}
    found = [] if canonical == [address] else [f"canonical is {canonical}"]
    if address not in named[address].values() or "x-default" not in named[address]:
        found.append(f"its versions are {named[address]}")
    return found
