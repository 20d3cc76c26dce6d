"""People's words inside a Markdown document that programs read.

A review may hold anything: markup, links, a line that looks like a heading or an instruction to the reading program.
Everything becomes one line of plain words inside quotation; only what we write ourselves is markup.
"""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def plain(text: str, *, limit: int = 2000) -> str:
    """``text`` as words on one line: control and invisible characters gone, markup made literal, cut at ``limit``."""
    words = " ".join(_UNSEEN.sub(" ", text).split())
    if len(words) > limit:
        words = words[:limit].rsplit(" ", 1)[0] + "…"
    return _SPECIAL.sub(r"\\\1", words)


def quote(text: str, *, source: str = "") -> str:
    """``text`` as a quotation, with who said it."""
    return f"> {plain(text)}" + (f"\n> — {plain(source)}" if source else "")


def link(words: str, address: str) -> str:
    """A link with words of ours or of the catalogue."""
    return f"[{plain(words, limit=200)}]({address})"
