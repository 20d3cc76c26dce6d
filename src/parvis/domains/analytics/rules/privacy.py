"""What is kept of a person, and what is not.

Without consent nothing is stored on a device and nobody is followed from one day to the next: a visit is a keyed hash
of address and user agent under a secret that is thrown away within 48 hours. With consent a random visitor id in a
first-party cookie spans days. Global Privacy Control and Do Not Track count as a refusal of that id, whatever the
consent cookie says, and keep the referring host out as well; the visit itself stays countable.
"""

import base64
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta

SALT_BYTES = 32
SALT_KEPT = timedelta(hours=48)
# The longest that the French regulator accepts for audience measurement.
VISITOR_SECONDS = 395 * 24 * 3600
_VISITOR = re.compile(r"^[A-Za-z0-9_-]{22}$")


def visit_id(*, salt: bytes, address: str, agent: str) -> str:
    """Twelve characters (72 bits) for what one browser does in one day."""
    digest = hmac.digest(salt, f"{network(address)}\0{agent}".encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:9]).decode()


def network(address: str) -> str:
    """The address that stays while a person browses: IPv4 whole, IPv6 by its first 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 6:
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)).network_address)
    return str(parsed)


def client_address(meta: Mapping[str, str], *, proxies: int) -> str:
    """The visitor's address. ``proxies`` trusted ones stand in front, each having added one entry to X-Forwarded-For;
    what comes before theirs is anybody's claim and is not believed."""
    remote = meta.get("REMOTE_ADDR", "")
    if not proxies:
        return remote
    hops = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return hops[-proxies] if len(hops) >= proxies else (hops[0] if hops else remote)


def refused_by_signal(meta: Mapping[str, str]) -> bool:
    """Whether the browser asks not to be followed (Sec-GPC or DNT)."""
    return meta.get("HTTP_SEC_GPC") == "1" or meta.get("HTTP_DNT") == "1"


def purposes(consent: str) -> frozenset[str]:
    """What the consent cookie grants: purposes joined by dots ("analytics.marketing"), "none" when all are refused."""
    if len(consent) > 200:
        return frozenset()
    return frozenset(word for word in consent.split(".") if word and word != "none")


def known_visitor(cookie: str) -> str | None:
    """The visitor id of a cookie, None when it is not one of ours."""
    return cookie if _VISITOR.match(cookie) else None


def same_origin(meta: Mapping[str, str], *, origins: frozenset[str]) -> bool:
    """Whether the request comes from our own pages. Browsers say so by Sec-Fetch-Site, older ones by Origin."""
    site = meta.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site == "same-origin"
    return meta.get("HTTP_ORIGIN", "") in origins
