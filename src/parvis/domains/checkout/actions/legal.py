"""Legal texts: the brand writes versions; before it does, they are made from its settings. None is ever changed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override

from parvis.core.errors import Invalid
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.contracts import Door
from parvis.domains.checkout.contracts.legal import AT_ORDER, LegalKind, LegalText
from parvis.domains.checkout.queries.legal import to_legal
from parvis.domains.checkout.rules import legal as rules

_LONGEST = 60_000
_IN_FORCE, _KEPT = "checkout.legal.in_force", 60  # seconds


def publish_legal(*, kind: LegalKind, text_en: str, text_fr: str, actor_id: int | None, at: datetime) -> LegalText:
    """A new version, in force from now on; the same words again change nothing. Raises Invalid."""
    for name, text in (("text_en", text_en), ("text_fr", text_fr)):
        if not text.strip():
            raise Invalid(field=name, problem="it is empty")
        if len(text) > _LONGEST or "\x00" in text:
            raise Invalid(field=name, problem="it is too long")
    made = _add(kind, text_en, text_fr, own=True, actor_id=actor_id, at=at)
    cache.delete(_IN_FORCE)
    return made


def legal_in_force(kind: LegalKind, *, at: datetime) -> LegalText:
    """The version that counts now: the brand's newest own one; else one made from what it has set, written down so
    that what an order refers to can always be read again."""
    return _in_force([kind], at=at)[kind]


def versions_in_force(*, at: datetime) -> dict[str, int]:
    """The versions shown before an order now, by kind."""
    return {kind.value: text.version for kind, text in _in_force(AT_ORDER, at=at).items()}


def _in_force(kinds: Sequence[LegalKind], *, at: datetime) -> dict[LegalKind, LegalText]:
    rows = models.LegalText.objects.filter(kind__in=[kind.value for kind in kinds])
    newest = {row.kind: row for row in rows.order_by("kind", "-own", "-version").distinct("kind")}
    known = {kind: newest[kind.value] for kind in kinds if kind.value in newest}
    found = {kind: to_legal(row) for kind, row in known.items() if row.own}
    if len(found) < len(kinds):
        seller, policy = queries.seller(), queries.return_policy()
        for kind in kinds:
            if kind not in found:
                texts = rules.starter(kind, seller=seller, policy=policy, brand=settings.BRAND)
                same = known.get(kind) is not None and known[kind].digest == _digest(*texts)
                made = to_legal(known[kind]) if same else _add(kind, *texts, own=False, actor_id=None, at=at)
                found[kind] = made
    return {kind: found[kind] for kind in kinds}


def _digest(text_en: str, text_fr: str) -> str:
    return hashlib.sha256(f"{text_en.strip()}\0{text_fr.strip()}".encode()).hexdigest()


def agreement(agreed: Mapping[str, int] | None, *, locale: str, door: Door, at: datetime) -> dict[str, object]:
    """What is kept with an order of the texts that counted when it was made: ``agreed`` are the versions that the buyer
    was shown beside our button (None: the order came by another door, under the texts in force)."""
    if agreed is not None:
        return {"versions": dict(agreed), "shown": True, "button": button_words(locale), "door": door.value}
    versions: dict[str, int] | None = cache.get(_IN_FORCE)
    if versions is None:  # agents order by the hundred: they need not ask each time
        versions = versions_in_force(at=at)
        cache.set(_IN_FORCE, versions, _KEPT)
    return {"versions": versions, "shown": False, "button": "", "door": door.value}


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
