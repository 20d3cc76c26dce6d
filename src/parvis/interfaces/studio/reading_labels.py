"""Words for what readings found: attributes, intents, grounds of an interest, measures of drift."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parvis.domains.voices.contracts import Stated

Words = str | Promise
INTENTS: Mapping[str, Words] = {
    "question": _("asks"),
    "complaint": _("complains"),
    "praise": _("praises"),
    "purchase": _("is about to buy"),
}
GROUNDS: Mapping[str, Words] = {
    "free_product": _("got it for free"),
    "employee": _("speaks as the brand"),
    "paid": _("is paid or earns by a code"),
    "relation": _("knows the makers"),
    "rival": _("sends people to another shop"),
}
ATTRIBUTES: Mapping[str, Words] = {
    "height_cm": _("Height"),
    "weight_kg": _("Weight"),
    "usual_size": _("Usual size"),
    "size_worn": _("Size worn"),
    "age_band": _("Age"),
    "build": _("Build"),
    "skin_type": _("Skin"),
    "hair_type": _("Hair"),
    "use": _("Use"),
    "used_days": _("In use for"),
}
_VALUES: Mapping[str, Words] = {
    "dry": pgettext_lazy("skin or hair", "dry"),
    "oily": pgettext_lazy("skin or hair", "oily"),
    "combination": pgettext_lazy("skin", "combination"),
    "sensitive": pgettext_lazy("skin", "sensitive"),
    "normal": pgettext_lazy("skin", "normal"),
    "mature": pgettext_lazy("skin", "mature"),
    "acne_prone": pgettext_lazy("skin", "acne-prone"),
    "curly": pgettext_lazy("hair", "curly"),
    "fine": pgettext_lazy("hair", "fine"),
    "thick": pgettext_lazy("hair", "thick"),
    "petite": pgettext_lazy("build", "petite"),
    "tall": pgettext_lazy("build", "tall"),
    "curvy": pgettext_lazy("build", "curvy"),
    "slim": pgettext_lazy("build", "slim"),
    "pregnant": pgettext_lazy("build", "pregnant"),
    "work": pgettext_lazy("use", "work"),
    "wedding": pgettext_lazy("use", "wedding"),
    "party": pgettext_lazy("use", "party"),
    "sport": pgettext_lazy("use", "sport"),
    "travel": pgettext_lazy("use", "travel"),
    "everyday": pgettext_lazy("use", "every day"),
    "gift": pgettext_lazy("use", "gift"),
    "beach": pgettext_lazy("use", "beach"),
    "maternity": pgettext_lazy("use", "maternity"),
    "home": pgettext_lazy("use", "home"),
    "interview": pgettext_lazy("use", "interview"),
}
DRIFT: Mapping[str, Words] = {
    "toxic": _("offence suspected"),
    "spam": _("advertising suspected"),
    "interest": _("interest suspected"),
    "personal": _("holds personal data"),
    "unknown_language": _("language unknown"),
    "no_aspect": _("speaks of no aspect"),
    "complaint": _("complains"),
    "praise": _("praises"),
    "question": _("asks"),
    "sentiment": _("sentiment, -1 to 1"),
    "stars": _("stars that the words sound like"),
}


def value(stated: Stated) -> str:
    """A stated value in the reader's language and units."""
    if stated.attribute == "height_cm":
        return f"{stated.value} cm"
    if stated.attribute == "weight_kg":
        return f"{stated.value} kg"
    if stated.attribute == "used_days":
        return str(_("%(days)s days") % {"days": stated.value})
    if stated.attribute == "age_band":
        return stated.value.replace("-", "–")
    return str(_VALUES.get(stated.value, stated.value))
