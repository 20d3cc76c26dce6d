"""When nearly the same words from several people are a burst.

A burst holds voices for a person to look at; it never refuses one, and it takes nothing down: whoever could bring a
genuine review down by copying it would do so.
"""

from collections.abc import Iterable, Mapping

from parvis.domains.voices.contracts import AuthorRole

_ENOUGH = 60  # characters of text; of a shorter one the title counts too


def to_sketch(title: str, text: str, author_role: str) -> str:
    """The words by which copies of a voice are found. None of the brand's own: it thanks everybody alike."""
    if author_role == AuthorRole.BRAND:
        return ""
    return text if len(text) >= _ENOUGH else f"{title} {text}"


def author_key(*, customer_id: int | None, name: str) -> str:
    """Who said it, as far as one can tell: the account, else the name. Of voices without either, which forms do not
    take, nobody can say that several people wrote them."""
    return f"name:{' '.join(name.casefold().split())}" if customer_id is None else f"customer:{customer_id}"


def groups(
    pairs: Iterable[tuple[int, int]], *, authors: Mapping[int, str], known: Mapping[int, int], least: int
) -> list[tuple[int, ...]]:
    """Voices linked by ``pairs`` of copies, as groups in order of id: those of at least ``least`` authors, and those
    with a voice that is already in a burst (``known``: voice -> burst).

    >>> groups([(1, 2), (2, 3), (8, 9)], authors={1: "a", 2: "b", 3: "c", 8: "a", 9: "b"}, known={}, least=3)
    [(1, 2, 3)]
    """
    leader: dict[int, int] = {}

    def first(voice_id: int) -> int:
        while leader.setdefault(voice_id, voice_id) != voice_id:
            leader[voice_id] = leader[leader[voice_id]]
            voice_id = leader[voice_id]
        return voice_id

    for one, two in pairs:
        low, high = sorted((first(one), first(two)))
        leader[high] = low
    found: dict[int, list[int]] = {}
    for voice_id in sorted(leader):
        found.setdefault(first(voice_id), []).append(voice_id)
    return [
        tuple(group)
        for group in found.values()
        if any(voice_id in known for voice_id in group) or len({authors[voice_id] for voice_id in group}) >= least
    ]
