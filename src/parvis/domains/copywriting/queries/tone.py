"""The brand's manner, and examples of it."""

from typing import Any

from parvis.domains.copywriting import models
from parvis.domains.copywriting.contracts import BrandText, Profile, Rules
from parvis.science import support


def profile(language: str) -> Profile:
    """The profile in force; version 0 with what is usual when none was made. One statement."""
    row = models.ToneProfile.objects.filter(language=language).order_by("-version").first()
    return as_profile(row) if row else Profile(language=language, version=0, rules=usual(language))


def usual(language: str) -> Rules:
    """Rules before anything was measured: words spoken in a minute are our assumption."""
    return Rules(pace=160 if language == "fr" else 150)


def profile_version(language: str, version: int) -> Profile | None:
    """A version of a profile."""
    row = models.ToneProfile.objects.filter(language=language, version=version).first()
    return as_profile(row) if row else None


def profile_versions(language: str, *, limit: int = 20) -> tuple[Profile, ...]:
    """The latest versions first."""
    rows = models.ToneProfile.objects.filter(language=language).order_by("-version")[:limit]
    return tuple(as_profile(row) for row in rows)


def as_profile(row: models.ToneProfile) -> Profile:
    """A row as a contract."""
    held: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.rules.items()}
    return Profile(
        language=row.language, version=row.version, rules=Rules(**held), measured=row.measured, texts=row.texts,
        sentences=row.sentences, enough=row.enough, address=row.address, actor_name=row.actor_name, at=row.at,
    )  # fmt: skip


def brand_texts(language: str) -> tuple[BrandText, ...]:
    """Texts that the brand gave, the latest first."""
    rows = models.BrandText.objects.filter(language=language).order_by("-at", "-id")
    return tuple(
        BrandText(
            id=row.pk, language=row.language, title=row.title, text=row.text, actor_name=row.actor_name, at=row.at
        )
        for row in rows
    )


def examples(language: str, texts: tuple[str, ...], *, limit: int = 3) -> tuple[str, ...]:
    """Sentences of the brand near its median length."""
    found = [each for text in texts for each in support.sentences(text) if len(support.words(each)) >= 4]
    if not found:
        return ()
    lengths = sorted(len(support.words(each)) for each in found)
    median = lengths[len(lengths) // 2]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: abs(len(support.words(each)) - median))[:limit])
