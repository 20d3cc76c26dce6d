"""Machines told from people. They are marked and counted apart, never dropped in silence.

The list of words is our own: what programs that fetch pages call themselves. Three signs, from the surest: the name
(``agent``), a browser driven by a program (``headless``), and a pace no reader has (``speed``).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from parvis.domains.analytics.contracts import BotSign, Kind
from parvis.domains.analytics.rules.beacon import Batch

# Names of crawlers, libraries, monitors, previewers and assistants. "cubot" is a maker of telephones.
_WORDS = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|scrap[ey]|fetch|archive|index(er|ing)|scan(ner)?\b"
    r"|curl|wget|httpie|python|aiohttp|httpx|urllib|java/|okhttp|go-http|libwww|perl|ruby|php/|guzzle|axios|undici"
    r"|node(-|\.js|/)|postman|insomnia|k6/|jmeter|wrk/|apachebench|granian"
    r"|pingdom|uptime|statuscake|monitor|newrelic|datadog|checkly|site24x7|catchpoint|gtmetrix|pagespeed|lighthouse"
    r"|facebookexternalhit|meta-external|whatsapp|skypeuri|embedly|preview|linkexpander|vkshare|feed(ly|burner|fetch)"
    r"|google-(inspection|read|extended|safety|site)|mediapartners|apis-google|adsbot|bytespider|ahrefs|semrush|majestic"
    r"|gptbot|chatgpt|openai|oai-search|claude|anthropic|perplexity|cohere|mistralai|youdao|diffbot|ccbot",
    re.IGNORECASE,
)
_HEADLESS = re.compile(r"headless|phantom|selenium|puppeteer|playwright|webdriver|electron|slimer|jsdom", re.IGNORECASE)
# Every browser of the last twenty years begins like this.
_BROWSER = re.compile(r"^(Mozilla/5\.0 \(|Opera/9)")

VIEWS = frozenset({Kind.PAGE_VIEW, Kind.LIST_VIEW, Kind.PRODUCT_VIEW})
FASTEST_PROOF_MS = 900  # half visible for one second, less what timers may be early by
PAGES_AT_ONCE = 4
AT_ONCE_MS = 1000
# A whole day of one visit: more pages than this, at more than one in two seconds from first to last event.
PAGES_A_DAY = 60
SECONDS_A_PAGE = 2.0


@lru_cache(maxsize=4096)
def agent_sign(agent: str, *, language: str = "x", fetch_site: str = "x") -> BotSign | None:
    """What the headers say. ``language`` and ``fetch_site`` are Accept-Language and Sec-Fetch-Site, "" when absent:
    every current browser sends at least one of the two."""
    if _HEADLESS.search(agent):
        return BotSign.HEADLESS
    if not _BROWSER.match(agent) or _WORDS.search(agent):
        return BotSign.AGENT
    if not language and not fetch_site:
        return BotSign.HEADLESS
    return None


def batch_sign(batch: Batch) -> BotSign | None:
    """What the batch itself shows: a browser that says it is driven, or a pace that no person has."""
    if batch.auto:
        return BotSign.HEADLESS
    views = sorted(item.at for item in batch.events if item.kind in VIEWS)
    if _crowded(views):
        return BotSign.SPEED
    proofs = [item.at for item in batch.events if item.kind == Kind.PROOF_VIEW]
    pages = [item.at for item in batch.events if item.kind == Kind.PAGE_VIEW]
    if any(0 <= proof - page < FASTEST_PROOF_MS for page in pages for proof in proofs):
        return BotSign.SPEED
    return None


def _crowded(views: Sequence[int]) -> bool:
    # A page says up to two things about itself (page and product or list), so twice as many views as pages.
    reach = PAGES_AT_ONCE * 2
    return any(views[at + reach - 1] - views[at] < AT_ONCE_MS for at in range(len(views) - reach + 1))


@lru_cache(maxsize=4096)
def device(agent: str) -> str:
    """ "phone", "tablet", "desktop", or "" when the agent does not say."""
    if re.search(r"iPad|Tablet|PlayBook|Silk/(?!.*Mobile)|Android(?!.*Mobile)", agent):
        return "tablet"
    if re.search(r"Mobi|iPhone|iPod|Windows Phone", agent):
        return "phone"
    if re.search(r"Windows NT|Macintosh|X11|CrOS|Linux x86", agent):
        return "desktop"
    return ""
