"""Structured field values of HTTP (RFC 8941): dictionaries, inner lists, items and their parameters, read strictly."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from parvis.core.errors import ParvisError

MOST = 16_384  # characters of a field that are looked at
_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
_SPACE = re.compile(r" *")
_OPTIONAL_SPACE = re.compile(r"[ \t]*")


class MalformedField(ParvisError):
    """A header is not the structured field it should be; ``reason`` says where reading stopped."""

    code = "malformed_field"
    status = 400
    template = "A structured header field cannot be read: %(reason)s."


class Token(str):
    """A word without quotation marks."""

    __slots__ = ()


Bare = str | bytes | int | Decimal | bool | Token


@dataclass(frozen=True, slots=True)
class Item:
    """A bare value with its parameters."""

    value: Bare
    params: Mapping[str, Bare] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inner:
    """A list of items, with parameters of its own."""

    items: tuple[Item, ...]
    params: Mapping[str, Bare] = field(default_factory=dict)


Member = Item | Inner


def dictionary(text: str) -> dict[str, Member]:
    """The members of a dictionary field; a later member replaces an earlier one of its name. Raises MalformedField."""
    if len(text) > MOST:
        raise MalformedField(reason="it is too long")
    reader = _Reader(text.strip(" "))
    found: dict[str, Member] = {}
    while not reader.ended:
        key = reader.take(_KEY, "a key")
        found.pop(key, None)
        found[key] = reader.member() if reader.skip("=") else Item(True, reader.params())
        reader.take(_OPTIONAL_SPACE, "space")
        if reader.ended:
            break
        if not reader.skip(","):
            raise reader.stopped("a comma")
        reader.take(_OPTIONAL_SPACE, "space")
        if reader.ended:
            raise reader.stopped("a member after the comma")
    return found


def written(member: Member) -> str:
    """The one way to write a member (RFC 8941, section 4.1)."""
    if isinstance(member, Inner):
        return f"({' '.join(written(item) for item in member.items)}){_written_params(member.params)}"
    return f"{_written_bare(member.value)}{_written_params(member.params)}"


def _written_params(params: Mapping[str, Bare]) -> str:
    return "".join(f";{key}" if value is True else f";{key}={_written_bare(value)}" for key, value in params.items())


def _written_bare(value: Bare) -> str:
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    if isinstance(value, (Token, int, Decimal)):
        return str(value)
    if not value.isascii() or not value.isprintable():
        raise MalformedField(reason="a string holds a character that no header may hold")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Reader:
    """What is left of a field."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    @property
    def ended(self) -> bool:
        return self.at >= len(self.text)

    def stopped(self, wanted: str) -> MalformedField:
        return MalformedField(reason=f"{wanted} was expected at character {self.at + 1}")

    def skip(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def take(self, pattern: "re.Pattern[str]", wanted: str) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise self.stopped(wanted)
        self.at = found.end()
        return found[0]

    def member(self) -> Member:
        if not self.skip("("):
            return self.item()
        items: list[Item] = []
        while True:
            self.take(_SPACE, "space")
            if self.skip(")"):
                return Inner(tuple(items), self.params())
            if items and self.text[self.at - 1] != " ":
                raise self.stopped("a space")
            items.append(self.item())

    def item(self) -> Item:
        return Item(self.bare(), self.params())

    def params(self) -> dict[str, Bare]:
        found: dict[str, Bare] = {}
        while self.skip(";"):
            self.take(_SPACE, "space")
            key = self.take(_KEY, "a parameter's name")
            found.pop(key, None)
            found[key] = self.bare() if self.skip("=") else True
        return found

    def bare(self) -> Bare:
        first = self.text[self.at : self.at + 1]
        if first == '"':
            return re.sub(r"\\(.)", r"\1", self.take(_STRING, "a string")[1:-1])
        if first == ":":
            return self._bytes()
        if first == "?":
            return self._flag()
        if first == "-" or first.isdigit():
            return self._number()
        return Token(self.take(_TOKEN, "a value"))

    def _bytes(self) -> bytes:
        try:
            return base64.b64decode(self.take(_BYTES, "a byte sequence")[1:-1], validate=True)
        except binascii.Error as error:
            raise self.stopped("base64") from error

    def _flag(self) -> bool:
        sign = self.text[self.at + 1 : self.at + 2]
        if sign not in ("0", "1"):
            raise self.stopped("?0 or ?1")
        self.at += 2
        return sign == "1"

    def _number(self) -> int | Decimal:
        text = self.take(_NUMBER, "a number")
        whole, _, fraction = text.lstrip("-").partition(".")
        if len(whole) > (12 if fraction else 15) or len(fraction) > 3:
            raise self.stopped("a shorter number")
        return Decimal(text) if fraction else int(text)
