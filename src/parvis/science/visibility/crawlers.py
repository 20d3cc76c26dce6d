"""Programs that read shops for search and answer engines, and the places from which assistants send people.

Names are those that their makers publish for robots.txt; kept by hand, as of November 2026.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Purpose(StrEnum):
    """What a program reads for. ``ANSWERING`` fetches a page for somebody's question; ``SEARCHING`` keeps an index of
    pages; ``TRAINING`` collects texts to train models."""

    ANSWERING = "answering"
    SEARCHING = "searching"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Crawler:
    """``name`` in robots.txt and in the user agent; ``sends``: it fetches pages itself (Google-Extended and
    Applebot-Extended are only words for robots.txt)."""

    name: str
    maker: str
    purpose: Purpose
    sends: bool = True


_TOLD = (
    ("OAI-SearchBot", "ChatGPT", Purpose.SEARCHING), ("ChatGPT-User", "ChatGPT", Purpose.ANSWERING),
    ("GPTBot", "ChatGPT", Purpose.TRAINING), ("PerplexityBot", "Perplexity", Purpose.SEARCHING),
    ("Perplexity-User", "Perplexity", Purpose.ANSWERING), ("Claude-SearchBot", "Claude", Purpose.SEARCHING),
    ("Claude-User", "Claude", Purpose.ANSWERING), ("ClaudeBot", "Claude", Purpose.TRAINING),
    ("Googlebot", "Google", Purpose.SEARCHING), ("Bingbot", "Copilot", Purpose.SEARCHING),
    ("MistralAI-User", "Mistral", Purpose.ANSWERING), ("DuckAssistBot", "DuckDuckGo", Purpose.ANSWERING),
    ("Applebot", "Apple", Purpose.SEARCHING), ("meta-externalagent", "Meta", Purpose.TRAINING),
    ("meta-externalfetcher", "Meta", Purpose.ANSWERING), ("Amazonbot", "Amazon", Purpose.TRAINING),
    ("Bytespider", "ByteDance", Purpose.TRAINING), ("CCBot", "Common Crawl", Purpose.TRAINING),
)  # fmt: skip
CRAWLERS: tuple[Crawler, ...] = (
    *(Crawler(name, maker, purpose) for name, maker, purpose in _TOLD),
    Crawler("Google-Extended", "Gemini", Purpose.TRAINING, sends=False),
    Crawler("Applebot-Extended", "Apple", Purpose.TRAINING, sends=False),
)
BY_NAME = {crawler.name: crawler for crawler in CRAWLERS}
# "Applebot" is also the beginning of "Applebot-Extended", which sends nothing; longer names are tried first.
_NAMED = re.compile(
    r"(?<![\w-])(" + "|".join(sorted((re.escape(c.name) for c in CRAWLERS if c.sends), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
_BY_FOLDED = {crawler.name.casefold(): crawler for crawler in CRAWLERS}


@lru_cache(maxsize=4096)
def crawler_of(agent: str) -> Crawler | None:
    """Which known program a user agent names, or None."""
    found = _NAMED.search(agent[:500])
    return _BY_FOLDED[found.group(1).casefold()] if found else None


def user_agent(crawler: Crawler) -> str:
    """A user agent as such a program sends it: for looking at our own pages as it does."""
    return f"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; {crawler.name}/1.0)"


# Hosts from which assistants lead people to a page; a host counts with everything below it.
ASSISTANT_HOSTS: dict[str, str] = {
    "chatgpt.com": "ChatGPT", "chat.openai.com": "ChatGPT", "perplexity.ai": "Perplexity",
    "gemini.google.com": "Gemini", "bard.google.com": "Gemini", "copilot.microsoft.com": "Copilot",
    "copilot.com": "Copilot", "claude.ai": "Claude", "chat.mistral.ai": "Mistral", "meta.ai": "Meta AI",
    "chat.deepseek.com": "DeepSeek", "grok.com": "Grok", "duck.ai": "DuckDuckGo", "you.com": "You.com",
}  # fmt: skip


def assistant_of(host: str) -> str:
    """The assistant that a referring host belongs to, or ""."""
    parts = host.casefold().strip(".").split(".")
    for start in range(len(parts) - 1):
        name = ASSISTANT_HOSTS.get(".".join(parts[start:]))
        if name:
            return name
    return ""
