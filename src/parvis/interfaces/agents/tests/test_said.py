"""Whatever a checkout can tell has a sentence, in both languages."""

import re

import pytest
from django.utils.translation import override

from parvis.domains.checkout.contracts import CodeProblem
from parvis.domains.checkout.rules import sessions
from parvis.interfaces.agents import said
from parvis.interfaces.agents.acp import messages
from parvis.interfaces.agents.ucp import wording

LISTED = set(re.findall(r"^``(\w+)``", sessions.__doc__ or "", re.MULTILINE)) - {"code_refused"}


def test_every_message_of_checkout_has_a_sentence_and_a_word_in_each_protocol() -> None:
    assert len(LISTED) == 14
    assert set(said._SAID) == set(messages._WORDS) == LISTED
    assert set(wording._WORDS) <= LISTED


@pytest.mark.parametrize("problem", list(CodeProblem), ids=str)
def test_every_refusal_of_a_code_is_told_in_both_languages(problem: CodeProblem) -> None:
    told = []
    for language in ("en", "fr"):
        with override(language):
            told.append(said.code_refused(problem, "SUMMER"))
            other = said.code_refused("never heard of", "SUMMER")
        assert "SUMMER" in told[-1]
        assert told[-1] != other
    assert told[0] != told[1]
