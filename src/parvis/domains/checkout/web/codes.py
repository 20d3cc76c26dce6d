"""The code box: takes codes, takes them out again, and says in words what became of each."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from django.utils import timezone
from django.utils.translation import get_language, gettext

from parvis.core import limits
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance, TooMany
from parvis.core.money import Money
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import MAX_CODES, CodeAnswer, CodeProblem, Quote
from parvis.domains.checkout.web.words import amount

# Nobody has more codes to type; who tries them out by the thousand waits.
TRIES = Allowance(name="checkout.codes", burst=12, per_minute=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeSaid:
    """What to say beside the box: ``problem`` in words, empty when it went well; ``typed`` goes back into the field."""

    problem: str = ""
    typed: str = ""
    done: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeRow:
    """A code of the cart as the box lists it: its ``name`` and what it takes off or pays when it counts, else
    ``words`` why not."""

    code: str
    counts: bool
    gift_card: bool
    name: str = ""
    worth: Money | None = None
    words: str = ""


def change_codes(
    data: Mapping[str, str], *, token: str, caller: str, customer_id: int | None, at: datetime, locale: str
) -> CodeSaid:
    """Carry out the box: ``drop`` takes the code of that name out, else ``code`` is put in. Whatever is wrong is in
    the answer. ``caller`` is who types: unknown codes cannot be tried without end."""
    if data.get("drop"):
        with suppress(actions.NoCart):
            actions.remove_code(token=token, code=data["drop"], at=at)
        return CodeSaid(done=gettext("The code was taken out."))
    typed = data.get("code", "").strip()[:200]
    try:
        limits.spend(TRIES, caller=caller, at=at)
        answer, quote = actions.add_code(token=token, typed=typed, customer_id=customer_id, at=at, locale=locale)
    except ParvisError as error:
        return CodeSaid(problem=_trouble(error), typed=typed)
    if answer.problem is None:
        return CodeSaid(done=gettext("The code counts."))
    kept = answer.problem not in actions.HOPELESS
    return CodeSaid(problem="" if kept else code_words(answer, quote), typed="" if kept else typed)


def _trouble(error: ParvisError) -> str:
    if isinstance(error, TooMany):
        words = gettext("That were many codes at once. Try again in %(seconds)d seconds.")
        return words % {"seconds": error.params["retry_after"]}
    if isinstance(error, actions.TooManyCodes):
        return gettext("A cart takes %(count)d codes. Take one out first.") % {"count": MAX_CODES}
    if isinstance(error, actions.NoCart):
        return gettext("Put something into the cart first.")
    return gettext("Type a code.")


def code_rows(quote: Quote, locale: str) -> list[CodeRow]:
    """The codes of a cart in their order, each with what it does or why it does not count."""
    by_code = {each.code: each for each in quote.adjustments if each.code}
    cards = {f"•••• {each.last4}": each for each in quote.gift_cards}
    rows = []
    for answer in quote.answers:
        adjustment, card = by_code.get(answer.code), cards.get(answer.code)
        name = gettext("Gift card") if answer.gift_card else (adjustment.name(locale) if adjustment else "")
        worth = adjustment.amount if adjustment else (card.used if card and answer.gift_card else None)
        rows.append(
            CodeRow(
                code=answer.code,
                counts=answer.accepted,
                gift_card=answer.gift_card,
                name=name,
                worth=worth,
                words="" if answer.accepted else code_words(answer, quote),
            )
        )
    return rows


def code_words(answer: CodeAnswer, quote: Quote) -> str:
    """Why a code does not count and what is missing, in the reader's language."""
    problem = answer.problem
    return "" if problem is None else _WORDS[problem](answer, quote)


def _money(quote: Quote, minor: Any) -> str:
    return amount(Money(int(minor or 0), quote.totals.total.currency))


def _unknown(answer: CodeAnswer, _quote: Quote) -> str:
    if answer.gift_card:
        return gettext("We know no gift card with this code. Check its letters.")
    return gettext("We do not know the code %(code)s. Check its letters.") % {"code": answer.code}


def _not_yet(answer: CodeAnswer, _quote: Quote) -> str:
    if "from" not in answer.detail:
        return gettext("This code does not count yet.")
    moment = timezone.localtime(datetime.fromisoformat(str(answer.detail["from"])))
    shown = format_datetime(moment, "d MMMM y, HH:mm", locale=(get_language() or "en")[:2])
    return gettext("This code counts from %(moment)s.") % {"moment": shown}


def _below(answer: CodeAnswer, quote: Quote) -> str:
    words = gettext("%(missing)s of articles are missing: this code counts from %(minimum)s.")
    missing = _money(quote, answer.detail.get("missing_minor"))
    return words % {"missing": missing, "minimum": _money(quote, answer.detail.get("minimum_minor"))}


def _not_combined(answer: CodeAnswer, quote: Quote) -> str:
    french = (get_language() or "").startswith("fr")
    other = str(answer.detail.get("with_fr" if french else "with_en", ""))
    saves = int(answer.detail.get("saves_minor", 0) or 0)
    if saves:
        words = gettext("It does not combine with “%(other)s”, which saves you %(saved)s more.")
        return words % {"other": other, "saved": _money(quote, saves)}
    return gettext("It takes nothing more off beside “%(other)s”.") % {"other": other}


def _said(text: Callable[[], str]) -> Callable[[CodeAnswer, Quote], str]:
    return lambda _answer, _quote: text()


_WORDS: Mapping[CodeProblem, Callable[[CodeAnswer, Quote], str]] = {
    CodeProblem.UNKNOWN: _unknown,
    CodeProblem.NOT_YET: _not_yet,
    CodeProblem.EXPIRED: _said(lambda: gettext("This code is no longer valid.")),
    CodeProblem.USED_UP: _said(lambda: gettext("All uses of this code are gone.")),
    CodeProblem.USED_BEFORE: _said(lambda: gettext("You have used this code already.")),
    CodeProblem.BELOW_MINIMUM: _below,
    CodeProblem.NO_ARTICLE: _said(lambda: gettext("Nothing in your cart is among the articles this code is for.")),
    CodeProblem.SIGN_IN: _said(lambda: gettext("This code is for members. Sign in to use it.")),
    CodeProblem.NO_STATUS: _said(lambda: gettext("This code is for members with a status that you do not have yet.")),
    CodeProblem.NOT_COMBINED: _not_combined,
    CodeProblem.EMPTY: _said(lambda: gettext("Nothing is left on this gift card.")),
    CodeProblem.BLOCKED: _said(lambda: gettext("This gift card is blocked. Write to us if it is yours.")),
    CodeProblem.CURRENCY: _said(lambda: gettext("This code is in another currency than your cart.")),
}
