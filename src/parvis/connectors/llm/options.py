"""The language model's settings: which server, which model, at what price, and how much a day. No Django here, so that
the settings can hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal, InvalidOperation

KINDS = ("openai", "gemini")
GEMINI_BASE = "https://generativelanguage.googleapis.com/v1beta"

_MILLION = Decimal(1_000_000)
_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units (cents) for a million tokens in and out."""

    tokens_in: Decimal
    tokens_out: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """The cost in minor units, rounded up to a millionth of one."""
        exact = (self.tokens_in * tokens_in + self.tokens_out * tokens_out) / _MILLION
        return exact.quantize(_STEP, rounding=ROUND_UP)


def prices(said: str, *, minor: int = 100) -> dict[str, Price]:
    """``model=in/out`` pairs, separated by commas: main units (euros) for a million tokens, of ``minor`` minor units
    each. Raises ValueError."""
    found: dict[str, Price] = {}
    for pair in filter(None, (part.strip() for part in said.split(","))):
        name, separator, amounts = pair.rpartition("=")
        into, slash, out = amounts.partition("/")
        try:
            price = Price(Decimal(into) * minor, Decimal(out) * minor)
        except InvalidOperation as error:
            raise ValueError(pair) from error
        if not (name and separator and slash) or min(price.tokens_in, price.tokens_out) < 0:
            raise ValueError(pair)
        found[name.strip()] = price
    return found


@dataclass(frozen=True, kw_only=True)
class Options:
    """``cap_minor``: most cents a day, over all processes; ``price`` of a million tokens; ``seconds`` a question."""

    kind: str
    base: str
    model: str
    key: str = field(repr=False)
    price: Price
    cap_minor: Decimal
    seconds: float = 20.0


def options(said: Mapping[str, str], problems: list[str], *, minor: int = 100) -> Options | None:
    """From PARVIS_LLM and its companions; None when it is empty. What cannot be used is added to ``problems``."""
    kind = said["PARVIS_LLM"].lower()
    if not kind:
        return None
    before = len(problems)
    if kind not in KINDS:
        problems.append(f"  PARVIS_LLM={kind!r}: say openai (any compatible server) or gemini, or nothing")
    base = said["PARVIS_LLM_URL"] or (GEMINI_BASE if kind == "gemini" else "")
    if not base.startswith(("https://", "http://")):
        problems.append(f"  PARVIS_LLM_URL={base!r}: give the server's address, such as http://127.0.0.1:8080/v1")
    model = said["PARVIS_LLM_MODEL"]
    if not model:
        problems.append("  PARVIS_LLM_MODEL='': name the model")
    price = _price(said["PARVIS_LLM_PRICES"], model, problems, minor)
    cap = _amount("PARVIS_LLM_BUDGET", said, problems)
    seconds = _amount("PARVIS_LLM_SECONDS", said, problems)
    if len(problems) > before or price is None:
        return None
    return Options(
        kind=kind,
        base=base,
        model=model,
        key=said["PARVIS_LLM_KEY"],
        price=price,
        cap_minor=cap * minor,
        seconds=float(seconds),
    )


def _price(said: str, model: str, problems: list[str], minor: int) -> Price | None:
    """A model without a price could not be held to a budget: it is asked for, 0/0 on a machine of one's own."""
    try:
        found = prices(said, minor=minor).get(model)
    except ValueError as error:
        problems.append(f"  PARVIS_LLM_PRICES={said!r}: {error} is not model=in/out")
        return None
    if found is None and model:
        problems.append(
            f"  PARVIS_LLM_PRICES={said!r}: give the price of a million tokens in and out, such as {model}=0.15/0.60"
            " (0/0 on a machine of your own)"
        )
    return found


def _amount(name: str, said: Mapping[str, str], problems: list[str]) -> Decimal:
    try:
        amount = Decimal(said[name])
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        problems.append(f"  {name}={said[name]!r}: give an amount of 0 or more")
        return Decimal(0)
    return amount
