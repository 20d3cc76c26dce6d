"""What people say of the shop itself, in the vocabulary of schema.org."""

from collections.abc import Sequence

from parvis.domains.evidence.web.structured import Site, organization, review
from parvis.domains.evidence.web.vocabulary import Node
from parvis.domains.voices.contracts import ShopRating, Voice


def rated(site: Site, rating: ShopRating, voices: Sequence[Voice], *, path: str, anonymous: str) -> Node:
    """The brand with the average of its public reviews and those on the page; ``anonymous`` names who gave no name."""
    node = organization(site)
    if rating.average is None:
        return node
    node["aggregateRating"] = {
        "@type": "AggregateRating",
        "ratingValue": f"{rating.average:.2f}",
        "ratingCount": rating.count,
        "reviewCount": rating.count,
        "bestRating": 5,
        "worstRating": 1,
    }
    url = site.absolute(path)
    told = [review(voice, url=url, anonymous=anonymous) for voice in voices]
    return node | ({"review": told} if told else {})
