"""Frequent questions as schema.org has them: an FAQPage with the approved answers."""

from collections.abc import Sequence
from typing import Any

from parvis.core.days import day_of
from parvis.domains.evidence.contracts import FaqEntry


def faq_page(entries: Sequence[FaqEntry], *, url: str, locale: str) -> dict[str, Any]:
    """The node of a page of approved entries at ``url`` (absolute); each question at its own anchor."""
    return {
        "@type": "FAQPage",
        "@id": f"{url}#faq",
        "url": url,
        "inLanguage": locale,
        "mainEntity": [faq_question(entry, url=url) for entry in entries],
    }


def faq_question(entry: FaqEntry, *, url: str) -> dict[str, Any]:
    """One approved entry."""
    return {
        "@type": "Question",
        "@id": f"{url}#{anchor(entry)}",
        "name": entry.question,
        "answerCount": 1,
        "acceptedAnswer": {
            "@type": "Answer",
            "text": entry.answer,
            "url": f"{url}#{anchor(entry)}",
            "dateModified": day_of(entry.changed_at).isoformat(),
        },
    }


def anchor(entry: FaqEntry) -> str:
    """The id of an entry on a page."""
    return f"faq-{entry.id}"
