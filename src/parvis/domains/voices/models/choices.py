"""Choices of a column from an enum."""

from enum import StrEnum


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Value and value of each member: labels are for interfaces."""
    return [(item.value, item.value) for item in enum]
