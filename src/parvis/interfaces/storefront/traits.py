"""What authors say of themselves in their own words, as a reading found it: skin, and how long it has been in use."""

from django.utils.translation import gettext, ngettext

from parvis.domains.voices.contracts import Voice

_WEEK, _MONTH, _YEAR = 7, 30, 365


def traits(voice: Voice) -> list[tuple[str, str]]:
    """Names and values: ("Skin", "dry"), ("In use for", "3 weeks"). Nothing that the author has not said."""
    found: list[tuple[str, str]] = []
    if voice.reading is None:
        return found
    skins = _skins()
    skin = [skins[each.value] for each in voice.reading.attributes if each.value in skins]
    if skin:
        found.append((gettext("Skin"), ", ".join(dict.fromkeys(skin))))
    days = voice.reading.stated("used_days")
    if days.isdigit() and int(days):
        found.append((gettext("In use for"), duration(int(days))))
    return found


def _skins() -> dict[str, str]:
    return {
        "dry": gettext("dry skin"),
        "oily": gettext("oily skin"),
        "combination": gettext("combination skin"),
        "sensitive": gettext("sensitive skin"),
        "normal": gettext("normal skin"),
        "mature": gettext("mature skin"),
        "acne_prone": gettext("acne-prone skin"),
    }


def duration(days: int) -> str:
    """ "3 weeks": in the largest unit that says it without much loss."""
    if days >= _YEAR:
        years = round(days / _YEAR)
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    if days >= 2 * _MONTH or days == _MONTH:
        months = round(days / _MONTH)
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    if days >= _WEEK and not days % _WEEK:
        weeks = days // _WEEK
        return ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
