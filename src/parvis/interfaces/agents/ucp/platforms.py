"""Who calls, as its profile tells: fetched once, kept for a while, and never more than a bounded number of them.

The address is the caller's choice: it is reached through :mod:`parvis.core.outbound` only, without redirects, and
what comes back is bounded in size and read with suspicion. Failures are kept too, so that nobody makes us fetch a
broken profile over and over.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.cache import cache

from parvis.core import limits, outbound
from parvis.core import structured_fields as fields
from parvis.core.errors import ParvisError
from parvis.interfaces.agents.ucp import problems, releases, versions

MOST_BYTES = 64 * 1024
MOST_URL = 500
MOST_NAMES, MOST_KEYS = 100, 20
KEPT = timedelta(minutes=10)
FLOOR = timedelta(seconds=60)  # a profile, or the failure to get it, is asked for again after this time at the soonest
DISCOVERY = limits.Allowance("ucp.discovery", burst=60, per_minute=60)
STRANGER = limits.Allowance("ucp.discovery.stranger", burst=20, per_minute=10)
_FAILURES: Mapping[str, type[ParvisError]] = {
    each.code: each for each in (problems.InvalidProfileUrl, problems.ProfileUnreachable, problems.ProfileMalformed)
}


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's profile: the versions of each capability, its keys by their ids, where it takes order events."""

    url: str
    version: str
    capabilities: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, Mapping[str, Any]]
    fetched_at: datetime
    webhook_url: str = ""
    name: str = ""
    multi_group: bool = False


@dataclass(frozen=True, slots=True)
class _Failed:
    code: str
    reason: str = field(default="")


def profile_url(header: str | None) -> str:
    """The address in UCP-Agent. Raises InvalidProfileUrl."""
    if not header:
        raise problems.InvalidProfileUrl(reason="the header is missing")
    try:
        member = fields.dictionary(header).get("profile")
    except fields.MalformedField as error:
        raise problems.InvalidProfileUrl(reason="it is not a dictionary (RFC 8941)") from error
    url = member.value if isinstance(member, fields.Item) else None
    if not isinstance(url, str) or isinstance(url, fields.Token):
        raise problems.InvalidProfileUrl(reason='it should hold profile="https://…"')
    if len(url) > MOST_URL:
        raise problems.InvalidProfileUrl(reason="the address is too long")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise problems.InvalidProfileUrl(reason="it is not an address") from error
    trusted = f"{parts.hostname}:{port or 80}" in settings.OUTBOUND_ALLOWED
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and trusted)):
        raise problems.InvalidProfileUrl(reason="profiles are served over https")
    return url


def platform(url: str, *, at: datetime, keys: Collection[str] = (), stranger: str = "") -> Platform:
    """The profile under ``url``; fetched anew when it is old, or when it holds none of ``keys`` and is not quite new.
    ``stranger``: who asks, when nobody knows the platform; strangers share what is fetched for them.

    Raises InvalidProfileUrl, ProfileUnreachable, ProfileMalformed and DiscoveryBusy."""
    slot = f"ucp:profile:{hashlib.sha256(url.encode()).hexdigest()}"
    kept = cache.get(slot)
    if isinstance(kept, Platform):
        useful = not keys or any(each in kept.keys for each in keys)
        if useful or kept.fetched_at > at - FLOOR:
            return kept
    if isinstance(kept, _Failed):
        raise _FAILURES[kept.code](reason=kept.reason)
    if stranger:
        _spend(stranger, at=at)
    try:
        found = read(url, _fetched(url), at=at)
    except tuple(_FAILURES.values()) as error:
        cache.set(slot, _Failed(error.code, str(error.params["reason"])), FLOOR.total_seconds())
        raise
    cache.set(slot, found, KEPT.total_seconds())
    return found


def _spend(stranger: str, *, at: datetime) -> None:
    """A few from one address, not too many from all of them together. Platforms that are known wait in no such line."""
    try:
        limits.spend(STRANGER, caller=stranger, at=at)
        limits.spend(DISCOVERY, caller="all", at=at)
    except limits.TooMany as error:
        raise problems.DiscoveryBusy(retry_after=error.params["retry_after"]) from error


def _fetched(url: str) -> bytes:
    try:
        reply = outbound.get(
            url, most=MOST_BYTES + 1, headers={"Accept": "application/json"}, allowed=settings.OUTBOUND_ALLOWED
        )
    except outbound.AddressRefused as error:
        raise problems.InvalidProfileUrl(reason=str(error.params["reason"])) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise problems.ProfileUnreachable(reason=type(error).__name__) from error
    if reply.status != 200:
        raise problems.ProfileUnreachable(reason=f"it was answered with {reply.status}")
    if len(reply.body) > MOST_BYTES:
        raise problems.ProfileMalformed(reason=f"it is larger than {MOST_BYTES // 1024} KiB")
    return reply.body


def read(url: str, body: bytes, *, at: datetime) -> Platform:
    """A profile from its JSON. Raises ProfileMalformed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise problems.ProfileMalformed(reason="it is not JSON") from error
    ucp = document.get("ucp") if isinstance(document, dict) else None
    if not isinstance(ucp, dict):
        raise problems.ProfileMalformed(reason='it holds no object "ucp"')
    version = ucp.get("version")
    if not isinstance(version, str) or not versions.DATED.fullmatch(version):
        raise problems.ProfileMalformed(reason="its version is not a date")
    declared = _capabilities(ucp.get("capabilities", {}))
    order = declared.get(versions.ORDER, ())
    groups = declared.get(versions.FULFILMENT, ())
    return Platform(
        url=url,
        version=version,
        capabilities={name: tuple(each["version"] for each in entries) for name, entries in declared.items()},
        keys=_keys(document.get(releases.of(version).keys, [])),
        fetched_at=at,
        webhook_url=next((str(_config(each).get("webhook_url", ""))[:MOST_URL] for each in order), ""),
        name=str(document.get("name") or urlsplit(url).hostname or "")[:120],
        multi_group=any(_config(each).get("supports_multi_group") is True for each in groups),
    )


def _config(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    config = entry.get("config")
    return config if isinstance(config, dict) else {}


def _capabilities(declared: Any) -> dict[str, list[dict[str, Any]]]:
    if not isinstance(declared, dict) or len(declared) > MOST_NAMES:
        raise problems.ProfileMalformed(reason="its capabilities are not a map of names")
    for name, entries in declared.items():
        if not versions.NAME.fullmatch(name) or not isinstance(entries, list):
            raise problems.ProfileMalformed(reason="a capability is not a list under a reverse-domain name")
        for entry in entries[:MOST_NAMES]:
            if not isinstance(entry, dict) or not versions.DATED.fullmatch(str(entry.get("version"))):
                raise problems.ProfileMalformed(reason=f"{name[:80]} has no dated version")
    return {name: entries[:MOST_NAMES] for name, entries in declared.items()}


def _keys(declared: Any) -> dict[str, Mapping[str, Any]]:
    if not isinstance(declared, list) or len(declared) > MOST_KEYS:
        raise problems.ProfileMalformed(reason="its signing keys are not a short list")
    found: dict[str, Mapping[str, Any]] = {}
    for key in declared:
        if not isinstance(key, dict) or not all(isinstance(key.get(name), str) for name in ("kid", "kty")):
            raise problems.ProfileMalformed(reason="a signing key lacks kid or kty")
        uses = key.get("key_ops")
        if key.get("use") != "enc" and (not isinstance(uses, list) or "verify" in uses):
            found.setdefault(key["kid"], key)
    return found
