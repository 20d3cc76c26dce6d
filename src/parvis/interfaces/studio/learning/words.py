"""Words for what is measured of models, and on which texts."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.domains.voices.contracts import Bounded, StarModelState, StarTrial
from parvis.interfaces.design import marks
from parvis.interfaces.studio.readings import language_name
from parvis.science import text

MODELS = {
    "sentiment_en": gettext_lazy("Stars and sentiment, English"),
    "sentiment_fr": gettext_lazy("Stars and sentiment, French"),
    "sentiment_nl": gettext_lazy("Stars and sentiment, Dutch"),
    "safety": gettext_lazy("Attacks on people, and advertising"),
    "language": gettext_lazy("Which language a text is in"),
    "usefulness": gettext_lazy("How useful a review is"),
    "aspects": gettext_lazy("Aspects and how they are judged"),
}
MEASURES = {
    "stars_error": gettext_lazy("Mean error of stars"),
    "polarity": gettext_lazy("Told good from bad"),
    "auc": gettext_lazy("Attacks put before the harmless (AUC)"),
    "f1": gettext_lazy("Found and rightly found (F1)"),
    "accuracy": gettext_lazy("Right"),
    "rank": gettext_lazy("Agreement with readers’ votes (Spearman)"),
}
TEXTS = {
    "clothing": gettext_lazy("clothing reviews held out"),
    "beauty": gettext_lazy("beauty reviews, never learnt from"),
    "bank": gettext_lazy("a bank’s reviews, never learnt from"),
    "films": gettext_lazy("film reviews held out"),
    "insurance": gettext_lazy("insurance reviews, never learnt from"),
    "hatecheck": gettext_lazy("HateCheck, unseen templates"),
    "posts": gettext_lazy("posts of a social network held out"),
    "comments": gettext_lazy("comments under an unseen video"),
    "five_words": gettext_lazy("five words of reviews, three languages"),
    "aspects": gettext_lazy("labelled sentences held out"),
}
STATES = {
    StarModelState.LEARNING: ("", gettext_lazy("learning")),
    StarModelState.LEARNT: ("caution", gettext_lazy("better, not in use")),
    StarModelState.NO_BETTER: ("", gettext_lazy("no better than shipped")),
    StarModelState.ADOPTED: ("positive", gettext_lazy("in use")),
    StarModelState.RETIRED: ("", gettext_lazy("retired")),
    StarModelState.FAILED: ("negative", gettext_lazy("did not end well")),
}
_SHARES = {"polarity", "accuracy"}


def figure(measure: text.Measure) -> str:
    """A figure of a card with its interval."""
    show = _share if measure.measure in _SHARES else _plain
    if measure.low is None or measure.high is None:
        return show(measure.value)
    return _range(show(measure.value), show(measure.low), show(measure.high))


def shipped() -> list[dict[str, Any]]:
    """The cards of the shipped models with their figures in words."""
    return [
        {
            "key": card.name,
            "name": MODELS.get(card.name, card.title),
            "card": card,
            "rows": [
                {
                    "language": language_name(each.language) if each.language else _("all"),
                    "measure": MEASURES[each.measure],
                    "of": TEXTS.get(each.of, each.of),
                    "figure": figure(each),
                }
                for each in card.shown
            ],
        }
        for card in text.cards()
    ]


def measured() -> list[dict[str, Any]]:
    """All figures by language: French and English first, what holds for all languages last."""
    first = {"fr": 0, "en": 1, "": 3}
    pairs = [
        (first.get(each.language, 2), row)
        for held in shipped()
        for each, row in zip(held["card"].shown, held["rows"], strict=True)
    ]
    return [row for _order, row in sorted(pairs, key=lambda pair: pair[0])]


def trial(found: StarTrial) -> dict[str, Any]:
    """One language of an examination, in words."""
    gain = found.gain
    if found.better:
        verdict = ("positive", _("better"))
    elif gain.high < 0:
        verdict = ("negative", _("worse"))
    else:
        verdict = ("", _("cannot be told apart"))
    return {
        "language": language_name(found.language),
        "texts": found.texts,
        "own": _bounded(found.own, _plain),
        "shipped": _bounded(found.shipped, _plain),
        "gain": _bounded(gain, _plain),
        "own_right": _bounded(found.own_right, _share) if found.clear else "—",
        "shipped_right": _bounded(found.shipped_right, _share) if found.clear else "—",
        "verdict": verdict,
    }


def languages(codes: Any) -> str:
    """Languages in the reader's own, side by side."""
    return ", ".join(language_name(code) for code in codes)


def _bounded(found: Bounded, show: Any) -> str:
    return _range(show(found.value), show(found.low), show(found.high))


def _range(value: str, low: str, high: str) -> str:
    return _("%(value)s (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}


def _plain(value: float) -> str:
    return marks.number(value, 2)


def _share(value: float) -> str:
    return marks.percent(value, 1)
