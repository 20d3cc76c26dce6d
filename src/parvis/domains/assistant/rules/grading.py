"""How a question ended, by rules that anybody can read, and how a conversation did. The shopper's word comes first."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from parvis.domains.assistant.contracts import Outcome, Resolution, Word

SAME: Final = 0.72  # likeness of two questions from which the second is the first one again
_BY_OUTCOME: Final = {
    Outcome.ANSWERED: Resolution.RESOLVED,
    Outcome.THIN: Resolution.PARTLY,
    Outcome.DIRECTED: Resolution.PARTLY,
    Outcome.UNSAID: Resolution.NOT,
    Outcome.REFUSED: Resolution.NOT,
    Outcome.WAITING: Resolution.HANDED_OVER,
    Outcome.GREETED: Resolution.RESOLVED,
}
_BY_WORD: Final = {Word.YES: Resolution.RESOLVED, Word.PARTLY: Resolution.PARTLY, Word.NO: Resolution.NOT}


def by_rules(outcome: Outcome, *, asked_again: bool = False, added: bool = False) -> Resolution:
    """What came of an answer, when the shopper says nothing: what was found decides; who asks the same again was not
    helped; who puts the product in the cart from the answer was."""
    if added and outcome in (Outcome.ANSWERED, Outcome.THIN, Outcome.UNSAID):
        return Resolution.RESOLVED
    if asked_again and outcome in (Outcome.ANSWERED, Outcome.THIN):
        return Resolution.NOT
    return _BY_OUTCOME[outcome]


def settled(by_rule: Resolution, word: Word | None) -> Resolution:
    """The resolution that counts."""
    return _BY_WORD[word] if word is not None else by_rule


def same_again(question: str, before: str) -> bool:
    """Whether a question is the one before in other words, or in the same."""
    one, other = question.casefold().split(), before.casefold().split()
    if not one or not other:
        return False
    shared = len(set(one) & set(other)) / min(len(set(one)), len(set(other)))
    return shared >= SAME and SequenceMatcher(None, " ".join(one), " ".join(other)).ratio() >= SAME


def of_conversation(turns: Sequence[tuple[Outcome, Resolution]], *, handed_over: bool) -> Resolution | None:
    """A conversation is handed over when a person was asked for; else resolved when every question of it was, not when
    none was even partly, and partly in between. Greetings do not count; None when nothing was asked."""
    if handed_over:
        return Resolution.HANDED_OVER
    asked = [each for outcome, each in turns if outcome is not Outcome.GREETED]
    if not asked:
        return None
    if all(each is Resolution.RESOLVED for each in asked):
        return Resolution.RESOLVED
    if all(each is Resolution.NOT for each in asked):
        return Resolution.NOT
    return Resolution.PARTLY
