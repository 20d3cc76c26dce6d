"""When two customers may be one person. A name is never a reason; it only makes another reason stronger or weaker."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from parvis.domains.people.contracts import Evidence, EvidenceKind, Strength

# Mailboxes that ignore what follows a plus sign; of these, those that ignore points as well.
_PLUS = {
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com", "live.fr",
    "icloud.com", "me.com", "proton.me", "protonmail.com", "fastmail.com",
}  # fmt: skip
_POINTS = {"gmail.com", "googlemail.com"}
_SAME_HOUSE = {"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "me.com": "icloud.com"}
# country -> calling code, and the digit that is dropped before it
_CALLING = {
    "FR": ("33", "0"), "BE": ("32", "0"), "CH": ("41", "0"), "LU": ("352", ""), "MC": ("377", ""), "DE": ("49", "0"),
    "GB": ("44", "0"), "IE": ("353", "0"), "ES": ("34", ""), "IT": ("39", ""), "NL": ("31", "0"), "PT": ("351", ""),
    "US": ("1", "1"), "CA": ("1", "1"), "GP": ("590", "0"), "MQ": ("596", "0"), "RE": ("262", "0"), "GF": ("594", "0"),
}  # fmt: skip
_STRENGTH = {
    EvidenceKind.CONFIRMED: Strength.STRONG,
    EvidenceKind.EMAIL: Strength.STRONG,
    EvidenceKind.HANDLE: Strength.STRONG,
    EvidenceKind.ORDER: Strength.MEDIUM,
    EvidenceKind.PHONE: Strength.WEAK,
}
_ORDER = (Strength.WEAK, Strength.MEDIUM, Strength.STRONG)


def email_key(email: str) -> str:
    """What two spellings of one mailbox have in common: "Ana.B+shop@googlemail.com" is "anab@gmail.com"."""
    name, _, host = email.strip().lower().partition("@")
    if host in _PLUS:
        name = name.partition("+")[0] or name
    if host in _POINTS:
        name = name.replace(".", "") or name
    return f"{name}@{_SAME_HOUSE.get(host, host)}" if host and not host.endswith(".invalid") else ""


def phone_key(phone: str, country: str) -> str:
    """A telephone number with its country, digits alone ("+33612345678"); "" when the country is not known."""
    plain = re.sub(r"\(0\)", "", phone)
    digits = re.sub(r"[^\d+]", "", plain)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith("+"):
        calling, dropped = _CALLING.get(country.upper(), ("", ""))
        if not calling:
            return ""
        digits = f"+{calling}{digits.removeprefix(dropped) if dropped else digits}"
    bare = digits[1:].replace("+", "")
    return f"+{bare}" if 8 <= len(bare) <= 15 and len(set(bare[-8:])) > 2 else ""


def names_agree(first: str, second: str) -> bool | None:
    """Whether two names may be one person's: a family name in common, and given names that do not contradict. None when
    one of them is not known."""
    one, other = _words(first), _words(second)
    if not one or not other:
        return None
    shared = set(one) & set(other)
    rest = ([word for word in one if word not in shared], [word for word in other if word not in shared])
    initials = [a for a in rest[0] for b in rest[1] if a[0] == b[0] and 1 in (len(a), len(b))]
    return bool(shared) and (not rest[0] or not rest[1] or bool(initials))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def strength(evidence: Iterable[Evidence], *, names: bool | None) -> Strength:
    """How much speaks for one person. A shared telephone is a household's as easily as a person's: it counts for more
    only when the names agree, and for little when they do not."""
    found = [_STRENGTH[item.kind] for item in evidence]
    best = max((_ORDER.index(each) for each in found), default=0)
    if names is True and best < 2:
        best += 1
    if names is False and best == 1:
        best -= 1
    return _ORDER[best]


def combined_consent(latest: Sequence[tuple[bool, datetime]], *, since: datetime | None) -> bool | None:
    """The consent of a person whose records were merged, from the latest answer of each: what was answered after the
    merge counts alone; before it, a refusal of any of them stays one."""
    if not latest:
        return None
    after = [(at, granted) for granted, at in latest if since is not None and at >= since]
    if after:
        return max(after)[1]
    return all(granted for granted, _ in latest)
