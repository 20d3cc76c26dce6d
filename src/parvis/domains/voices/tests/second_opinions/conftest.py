"""A language model that answers what a test wants, and voices that wait for its opinion."""

import json
from decimal import Decimal

import pytest

from parvis.core.language_model import (
    Completion,
)
from parvis.domains.voices import actions, queries, tasks
from parvis.domains.voices.actions import OpinionMode
from parvis.domains.voices.contracts import (
    NewVoice,
    VoiceState,
)
from parvis.domains.voices.rules import opinions as opinion_rules

CLEAR = {**dict.fromkeys(opinion_rules.QUESTIONS, "no"), "passages": [], "confidence": 0.95, "why_en": "", "why_fr": ""}


class FakeModel:
    """Answers with ``answer`` (a dict, or an error to raise) and keeps what it was asked."""

    name = "fake-1"

    def __init__(self, answer=None, before=None):
        self.answer, self.before, self.asked = answer or CLEAR, before, []

    def complete(self, **given):
        self.asked.append(given)
        if self.before:
            self.before()
        if isinstance(self.answer, BaseException):
            raise self.answer
        return Completion(
            text=json.dumps(self.answer),
            json=self.answer,
            model=self.name,
            tokens_in=700,
            tokens_out=80,
            cost_minor=Decimal("0.0153"),
            latency_ms=840,
        )


@pytest.fixture
def held(dress, at, fake_reader):
    """A voice that the machine held; by default it was not sure about an insult, and leaned to publishing."""

    def make(text="What a stupid seam, it burst on the first day.", title="", toxicity=0.42, **more):
        new = NewVoice(product_id=dress, title=title, text=text, stars=more.pop("stars", 2), **more)
        voice = actions.receive(new, at=at)
        actions.examine([voice.id], at=at, reader=fake_reader(toxicity=toxicity, stars=2.0))
        assert queries.voice(voice.id).state is VoiceState.HELD
        return voice.id

    return make


class Later:
    """A task that is only noted."""

    def __init__(self, jobs):
        self.jobs = jobs

    def defer(self, **given):
        self.jobs.append(given["voice_ids"])


def ask(voice_id, at, answer=None, mode=OpinionMode.ADVISE, **more):
    model = FakeModel(answer, **more)
    given = actions.ask_opinions([voice_id], model=model, mode=mode, at=at)
    return model, given


@pytest.fixture
def queued(monkeypatch):
    jobs = []
    monkeypatch.setattr(tasks.second_opinions, "configure", lambda **_: Later(jobs))
    return jobs
