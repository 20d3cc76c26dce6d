"""What the assistant says in its own words: little, and never about the product."""

from collections.abc import Callable, Mapping

from django.utils import formats
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from parvis.domains.assistant.contracts import (
    Filter,
    Hint,
    Intent,
    Outcome,
    Resolution,
    SizeAdvice,
    Suggestion,
    Surface,
    Turn,
    Word,
)

_INTENTS = {
    Intent.EVIDENCE: _("what people say"),
    Intent.SHOW: _("people like me"),
    Intent.SIZE: _("which size"),
    Intent.COMPARE: _("comparison"),
    Intent.COMPATIBLE: _("what goes with it"),
    Intent.PRODUCTS: _("looking for a product"),
    Intent.PRICE: _("price and stock"),
    Intent.DELIVERY: _("delivery"),
    Intent.RETURN: _("return"),
    Intent.ORDER: _("own order"),
    Intent.HUMAN: _("a person"),
    Intent.MEDICAL: _("medicine"),
    Intent.OTHER: _("something else"),
    Intent.SMALLTALK: _("greeting"),
}
_OUTCOMES = {
    Outcome.ANSWERED: _("answered"),
    Outcome.THIN: _("little was found"),
    Outcome.UNSAID: _("nobody has said"),
    Outcome.DIRECTED: _("something was missing"),
    Outcome.REFUSED: _("not ours to answer"),
    Outcome.WAITING: _("a person is asked for"),
    Outcome.GREETED: _("greeted"),
}
_RESOLUTIONS = {
    Resolution.RESOLVED: _("resolved"),
    Resolution.PARTLY: _("partly resolved"),
    Resolution.NOT: _("not resolved"),
    Resolution.HANDED_OVER: _("handed over"),
}
_SURFACES = {
    Surface.PAGE: _("its own page"),
    Surface.PRODUCT: _("product page"),
    Surface.LIST: _("product list"),
    Surface.LIVE: _("live room"),
    Surface.CART: _("cart"),
    Surface.ACCOUNT: _("account"),
    Surface.API: _("API"),
}
_WORDS = {Word.YES: _("Yes"), Word.PARTLY: _("Partly"), Word.NO: _("No")}
_HINTS = {
    Hint.OTHER_LANGUAGE: _("I read French and English best; I have looked with the words I know."),
    Hint.NO_LONGER_SOLD: _("This product is no longer sold. What people said of it stays; these are close to it:"),
    Hint.NOT_OURS: _("I compare only what this shop sells, so that both sides have reviews you can read."),
    Hint.FEW: _("Too few people have said to rely on it."),
    Hint.TWO_SIZES: _("Two sizes are plausible: people of this build are content with either."),
    Hint.SIGN_IN: _("Your orders are shown to nobody but you: sign in, or use the link in your order’s e-mail."),
    Hint.NO_ORDER: _("There is no such order in your account."),
    Hint.EMPTY_CART: _("There is nothing else in your cart to go with it."),
    Hint.WHICH_PRODUCT: _("Which product? Open its page, or name it."),
    Hint.OTHERS_DISAGREE: _("Nobody like those you ask about is against it; the one who is, is not like them."),
    Hint.READ_AS: _("Some words were not known here: I looked for those that people use and that are spelt nearly so."),
    Hint.COMMAND: _("I tell what people wrote and what this shop knows; nobody can have me say anything else."),
    Hint.PRIVATE: _("What other customers entrust to this shop is told to nobody."),
    Hint.OTHERS: _("Others have spoken of it, but nobody like those you ask about."),
}
_SUGGESTED: Mapping[str, object] = {
    "fit_small": _("Does it run small?"),
    "fabric": _("Is the fabric pleasant?"),
    "quality": _("Is it well made?"),
    "colour": _("Does the colour look like the pictures?"),
    "length": _("How is the length?"),
    "comfort": _("Is it comfortable?"),
    "style": _("What do people say about the style?"),
    "cut": _("Is the cut flattering?"),
    "value": _("Is it worth its price?"),
    "sheerness": _("Is it see-through?"),
    "delivery": _("What do people say about the parcel?"),
    "versatility": _("Can it be worn with many things?"),
    "care": _("How does it wash?"),
    "smell": _("What does it smell like?"),
    "texture": _("What is the texture like?"),
    "hydration": _("Does it moisturise well?"),
    "effect": _("Do people see an effect?"),
    "tolerance": _("Is it well tolerated?"),
    "hold": _("How long does it last?"),
    "packaging": _("Is the packaging practical?"),
}
_ASKED: Mapping[str, object] = {
    "size": _("Which size should I take?"),
    "delivery": _("How is it delivered?"),
    "return": _("Can I send it back?"),
}
_VALUES: Mapping[tuple[str, str], object] = {
    ("skin_type", "dry"): _("dry skin"),
    ("skin_type", "oily"): _("oily skin"),
    ("skin_type", "combination"): _("combination skin"),
    ("skin_type", "sensitive"): _("sensitive skin"),
    ("skin_type", "normal"): _("normal skin"),
    ("skin_type", "mature"): _("mature skin"),
    ("skin_type", "acne_prone"): _("skin prone to acne"),
    ("hair_type", "dry"): _("dry hair"),
    ("hair_type", "oily"): _("oily hair"),
    ("hair_type", "fine"): _("fine hair"),
    ("hair_type", "thick"): _("thick hair"),
    ("hair_type", "curly"): _("curly hair"),
    ("build", "petite"): _("petite"),
    ("build", "tall"): _("tall"),
    ("build", "curvy"): _("curvy"),
    ("build", "slim"): _("slim"),
    ("build", "pregnant"): _("pregnant"),
    ("use", "work"): _("for work"),
    ("use", "wedding"): _("for a wedding"),
    ("use", "sport"): _("for sport"),
    ("use", "travel"): _("for travelling"),
    ("use", "party"): _("for parties"),
    ("use", "maternity"): _("during pregnancy"),
    ("use", "interview"): _("for an interview"),
    ("use", "home"): _("at home"),
    ("use", "gift"): _("as a present"),
    ("use", "everyday"): _("for every day"),
    ("use", "beach"): _("for the beach"),
    ("photo", "yes"): _("with a photo"),
    ("video", "yes"): _("with a video"),
    ("verified", "yes"): _("verified purchases"),
}
_LABELS: Mapping[str, Callable[[str], str]] = {
    "weight_kg": lambda value: f"{value} kg",
    "age_band": lambda value: gettext("aged %(years)s") % {"years": value.replace("-", "–")},
    "size": lambda value: gettext("wears %(size)s") % {"size": value},
    "size_worn": lambda value: gettext("wore %(size)s") % {"size": value},
    "usual_size": lambda value: gettext("usually %(size)s") % {"size": value},
}


def intent_words(intent: Intent) -> str:
    """What a shopper wanted."""
    return str(_INTENTS[intent])


def outcome_words(outcome: Outcome) -> str:
    """What could be done with it."""
    return str(_OUTCOMES[outcome])


def resolution_words(resolution: Resolution) -> str:
    """How it ended."""
    return str(_RESOLUTIONS[resolution])


def surface_words(surface: Surface) -> str:
    """Where it began."""
    return str(_SURFACES[surface])


def word_words(word: Word) -> str:
    """The shopper's own word."""
    return str(_WORDS[word])


def hint_words(hint: Hint) -> str:
    """Something to say with an answer."""
    return str(_HINTS[hint])


def stated_words(attribute: str, value: str) -> str:
    """An attribute of people, as they would be called: "dry skin", "1,80 m"; "" for what is not worth a word."""
    if attribute == "height_cm":
        return f"{int(value) / 100:.2f} m".replace(".", str(formats.get_format("DECIMAL_SEPARATOR")))
    if attribute == "used_days":
        return _used(int(value))
    if attribute in _LABELS:
        return _LABELS[attribute](value)
    known = _VALUES.get((attribute, value))
    return str(known) if known else ""


def _used(days: int) -> str:
    if days < 14:
        return ngettext("used for %(n)d day", "used for %(n)d days", days) % {"n": days}
    if days < 60:
        return gettext("used for %(n)d weeks") % {"n": round(days / 7)}
    if days < 700:
        return gettext("used for %(n)d months") % {"n": round(days / 30)}
    return gettext("used for %(n)d years") % {"n": round(days / 365)}


def filter_words(each: Filter) -> str:
    """Of whom the question wants to hear."""
    return stated_words(each.attribute, each.value)


def spoken_question(aspect: str) -> str:
    """A question about an aspect in the words of a shopper; "" for one that has none of its own."""
    return str(_SUGGESTED.get(aspect, ""))


def suggestion_words(each: Suggestion, labels: Mapping[str, str]) -> str:
    """A next question as a shopper would put it; ``labels`` are the names of aspects, the brand's own too."""
    if each.key != "aspect":
        return str(_ASKED.get(each.key, each.key))
    known = _SUGGESTED.get(each.aspect)
    if known:
        return str(known)
    return gettext("What do people say of this: %(aspect)s?") % {"aspect": labels.get(each.aspect, each.aspect).lower()}


def lead(turn: Turn) -> str:
    """The first line of an answer. It says how much there is, never what the product is."""
    makers: Mapping[Intent, Callable[[Turn], str]] = {
        Intent.SIZE: _size,
        Intent.SHOW: _like,
        Intent.MEDICAL: lambda _: gettext(
            "That is a question for a pharmacist or a doctor: reviews are no medical advice, and I give none."
        ),
        Intent.HUMAN: _human,
        Intent.SMALLTALK: lambda _: gettext(
            "Ask me anything about what people say of our products, in your own words."
        ),
        Intent.COMPARE: lambda t: gettext("Side by side, by what people say:") if t.comparison else "",
        Intent.PRODUCTS: lambda t: gettext("People speak of it with these:") if t.cards else _nobody(t),
        Intent.ORDER: lambda t: gettext("As it stands now:") if t.orders else "",
        Intent.PRICE: lambda t: gettext("As it is in the shop now:") if t.terms else "",
        Intent.DELIVERY: lambda _: gettext("From the terms of this shop, as they are today:"),
        Intent.RETURN: lambda _: gettext("From the terms of this shop, as they are today:"),
    }
    return makers.get(turn.intent, _said)(turn)


def _said(turn: Turn) -> str:
    if turn.outcome is Outcome.UNSAID:
        return _nobody(turn)
    if not turn.passages:
        return ""
    if turn.outcome is Outcome.THIN:
        return gettext("Little has been said of it:")
    return gettext("This is what people say, word for word:")


def _nobody(turn: Turn) -> str:
    if Hint.OTHER_LANGUAGE in turn.hints:
        return gettext("I have not understood your question well enough to answer it.")
    return gettext("Nobody has said.") if turn.product_id else gettext("Nobody has said that of any product here.")


def _like(turn: Turn) -> str:
    who = ", ".join(filter(None, (filter_words(each) for each in turn.filters)))
    if turn.outcome is Outcome.UNSAID:
        return gettext("Nobody has said: %(who)s.") % {"who": who} if who else _nobody(turn)
    return gettext("Of people like this (%(who)s):") % {"who": who} if who and turn.passages else _said(turn)


def _human(turn: Turn) -> str:
    if turn.outcome is Outcome.WAITING:
        return gettext("A person of our team has your question, with all that was said here.")
    return gettext("A person of our team can take over, with all that was said here.")


def _size(turn: Turn) -> str:
    advice = turn.size
    if advice is None or not advice.people:
        return _nobody(turn) if turn.outcome is Outcome.UNSAID else gettext("What people say of the size:")
    people = ngettext("%(n)d person of that build", "%(n)d people of that build", advice.people) % {"n": advice.people}
    if len(advice.advised) == 1:
        return gettext("Of %(people)s, most were content with %(size)s.") % {
            "people": people,
            "size": advice.advised[0],
        }
    if advice.advised:
        return gettext("Of %(people)s, as many were content with %(one)s as with %(two)s.") % {
            "people": people,
            "one": advice.advised[0],
            "two": advice.advised[1],
        }
    return gettext("Only %(people)s: no size can be advised.") % {"people": people}


def size_rows(advice: SizeAdvice) -> list[tuple[str, str]]:
    """Each size with how it was found, in words."""
    rows = []
    for each in advice.sizes:
        parts = [ngettext("%(n)d wore it", "%(n)d wore it", each.people) % {"n": each.people}]
        if each.small:
            parts.append(gettext("%(n)d found it small") % {"n": each.small})
        if each.true:
            parts.append(gettext("%(n)d true to size") % {"n": each.true})
        if each.large:
            parts.append(gettext("%(n)d found it large") % {"n": each.large})
        rows.append((each.size, ", ".join(parts)))
    return rows
