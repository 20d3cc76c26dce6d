"""Pure decisions about shopping agents: how a profile's address is written, what an agent is called."""

import hashlib
import re
import unicodedata
from urllib.parse import urlsplit

LONGEST_PROFILE = 500
SIGNING = "agent-request-signing"  # what the secret of an agent is sealed for
_SLUG = re.compile(r"[^a-z0-9]+")


def clean_profile(url: str) -> str | None:
    """The address of a profile in the one form it is kept in (scheme and host in lower case, no fragment), or None
    when it cannot be one. That it leads to a public place is checked where it is fetched."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username or parts.password:
        return None
    if not url.strip().isprintable() or " " in url.strip():
        return None
    name = f"[{host}]" if ":" in host else host
    place = name if port is None else f"{name}:{port}"
    cleaned = parts._replace(scheme=parts.scheme.lower(), netloc=place, path=parts.path or "/", fragment="").geturl()
    return cleaned if len(cleaned) <= LONGEST_PROFILE else None


def agent_key(name: str, *, apart: str = "") -> str:
    """A key made of a name: small letters without accents, digits and hyphens. ``apart`` keeps two of one name apart,
    by its hash."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = _SLUG.sub("-", plain.lower()).strip("-")[:50].strip("-") or "agent"
    return f"{slug}-{hashlib.sha256(apart.encode()).hexdigest()[:6]}" if apart else slug


def host_of(profile_url: str) -> str:
    """What an agent that only showed its profile is called: the host of its profile."""
    return urlsplit(profile_url).hostname or "agent"
