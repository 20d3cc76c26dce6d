"""Legal texts: the brand writes versions; before it does, they are made from its settings. None is ever changed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override

from parvis.core.errors import Invalid
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.contracts import Door
from parvis.domains.checkout.contracts.legal import AT_ORDER, LegalKind, LegalText
from parvis.domains.checkout.queries.legal import to_legal
from parvis.domains.checkout.queries.unchanged import unchanged
from parvis.domains.checkout.rules import legal as rules

_LONGEST = 60_000


def publish_legal(*, kind: LegalKind, text_en: str, text_fr: str, actor_id: int | None, at: datetime) -> LegalText:
    """A new version, in force from now on; the same words again change nothing. Raises Invalid."""
    for name, text in (("text_en", text_en), ("text_fr", text_fr)):
        if not text.strip():
            raise Invalid(field=name, problem="it is empty")
        if len(text) > _LONGEST or "\x00" in text:
            raise Invalid(field=name, problem="it is too long")
    return _add(kind, text_en, text_fr, own=True, actor_id=actor_id, at=at)


def legal_in_force(kind: LegalKind, *, at: datetime) -> LegalText:
    """The version that counts now: the brand's newest own one; else one made from what it has set, written down so
    that what an order refers to can always be read again."""
    return _in_force([kind], at=at)[kind]


def versions_in_force(*, at: datetime) -> dict[str, int]:
    """The versions shown before an order now, by kind. They are read again when a text, or what it follows from, has
    changed."""
    versions = dict(unchanged("legal versions", _versions_written))
    if len(versions) < len(AT_ORDER):
        versions = {kind.value: text.version for kind, text in _in_force(AT_ORDER, at=at).items()}
    return versions


def _in_force(kinds: Sequence[LegalKind], *, at: datetime) -> dict[LegalKind, LegalText]:
    found = _written(kinds)
    for kind in kinds:
        if kind not in found:
            found[kind] = _add(kind, *_starter(kind), own=False, actor_id=None, at=at)
    return found


def _starter(kind: LegalKind) -> tuple[str, str]:
    return rules.starter(kind, seller=queries.seller(), policy=queries.return_policy(), brand=settings.BRAND)


def _written(kinds: Sequence[LegalKind]) -> dict[LegalKind, LegalText]:
    """The texts that count, without those that follow from the settings and were not written down yet."""
    rows = models.LegalText.objects.filter(kind__in=[kind.value for kind in kinds])
    newest = {row.kind: row for row in rows.order_by("kind", "-own", "-version").distinct("kind")}
    known = {kind: newest[kind.value] for kind in kinds if kind.value in newest}
    return {kind: to_legal(row) for kind, row in known.items() if row.own or row.digest == _digest(*_starter(kind))}


def _digest(text_en: str, text_fr: str) -> str:
    return hashlib.sha256(f"{text_en.strip()}\0{text_fr.strip()}".encode()).hexdigest()


def agreement(agreed: Mapping[str, int] | None, *, locale: str, door: Door, at: datetime) -> dict[str, object]:
    """What is kept with an order of the texts that counted when it was made: ``agreed`` are the versions that the buyer
    was shown beside our button (None: the order came by another door, under the texts in force)."""
    if agreed is not None:
        return {"versions": dict(agreed), "shown": True, "button": button_words(locale), "door": door.value}
    return {"versions": versions_in_force(at=at), "shown": False, "button": "", "door": door.value}


def _versions_written() -> tuple[tuple[str, int], ...]:
    return tuple((kind.value, text.version) for kind, text in _written(AT_ORDER).items())


def button_words(locale: str) -> str:
    """What stands on the button that orders, as the law wants it (directive 2011/83/EU, article 8(2))."""
    with override(locale):
        return gettext("Order with obligation to pay")


def _add(kind: LegalKind, text_en: str, text_fr: str, *, own: bool, actor_id: int | None, at: datetime) -> LegalText:
    en, fr = text_en.replace("\r\n", "\n").strip(), text_fr.replace("\r\n", "\n").strip()
    digest = _digest(en, fr)
    for _attempt in range(5):
        last = models.LegalText.objects.filter(kind=kind.value).order_by("-version").first()
        if last is not None and last.digest == digest and last.own == own:
            return to_legal(last)
        try:
            with transaction.atomic():
                row = models.LegalText.objects.create(
                    kind=kind.value,
                    version=(last.version if last is not None else 0) + 1,
                    text_en=en,
                    text_fr=fr,
                    digest=digest,
                    own=own,
                    actor_id=actor_id,
                    at=at,
                )
        except IntegrityError:  # another process wrote a version at this moment
            continue
        return to_legal(row)
    raise Invalid(field="version", problem="others write at this moment")
