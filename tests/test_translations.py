"""French is complete: every string that templates, code and errors offer for translation has its French."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import template as templates
from tools import messages

from parvis.core.errors import ParvisError

ROOT = Path(__file__).resolve().parent.parent / "src"
KEYWORDS = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy")
_CALL = re.compile(
    r"""\b(?P<name>gettext|ngettext|pgettext|npgettext|_)\(\s*u?(?P<first>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""(?:\s*,\s*u?(?P<second>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))?"""
)
# Formats and symbols that are the same in every language.
_SAME = re.compile(r"^[\W\d_]*(%\(\w+\)\w[\W\d_]*)*$")


def french() -> set[str]:
    known: set[str] = set()
    for source in ROOT.glob("**/locale/fr/LC_MESSAGES/django.po"):
        with source.open("rb") as file:
            for message in read_po(file, locale="fr"):
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                if message.id and all(texts) and not message.fuzzy:
                    known.add(message.id[0] if isinstance(message.id, tuple) else message.id)
    return known


def in_template(file: Path) -> set[str]:
    code = templates.templatize(file.read_text(encoding="utf-8"), origin=str(file))
    found = set()
    for call in _CALL.finditer(code):
        literal = call["second"] if call["name"] == "pgettext" else call["first"]
        found.add(eval(literal))  # a string literal that Django itself wrote
    return found


def in_code(file: Path) -> set[str]:
    found = set()
    with file.open("rb") as source:
        for _, name, messages, _ in extract_python(source, KEYWORDS, [], {}):
            texts = [messages] if isinstance(messages, str) else [text for text in messages or () if text]
            if texts:
                found.add(texts[1] if name.startswith("pgettext") and len(texts) > 1 else texts[0])
    return found


def offered() -> dict[str, str]:
    """Every string for translation, with the file that offers it."""
    found: dict[str, str] = {}
    for file in sorted(ROOT.glob("**/templates/**/*.*")):
        if file.suffix in {".html", ".txt"}:
            found.update(dict.fromkeys(in_template(file), str(file.relative_to(ROOT))))
    for file in sorted(ROOT.glob("**/*.py")):
        if "/tests/" not in str(file) and "/migrations/" not in str(file):
            found.update(dict.fromkeys(in_code(file), str(file.relative_to(ROOT))))
    return found


def test_every_string_has_its_french() -> None:
    known = french()
    missing = [f"{where}: {text!r}" for text, where in offered().items() if text not in known and not _SAME.match(text)]
    assert not missing, "no French for:\n" + "\n".join(sorted(missing))


def _errors(kind: type[ParvisError]) -> list[type[ParvisError]]:
    return [kind, *(each for sub in kind.__subclasses__() for each in _errors(sub))]


@pytest.mark.django_db
@pytest.mark.database
def test_every_error_that_people_may_see_has_its_french() -> None:
    known = french()
    seen_by_operators = {"parvis.core.postgres", "parvis.project.environment", "parvis.core.sealed"}
    missing = sorted(
        f"{kind.__module__}.{kind.__name__}: {kind.template!r}"
        for kind in set(_errors(ParvisError))
        if kind.template not in known
        and kind.__module__ not in seen_by_operators
        and not kind.__module__.startswith(
            ("parvis.interfaces.cli", "parvis.interfaces.api", "parvis.science", "tests")
        )
        and "tests" not in kind.__module__
        and not _SAME.match(kind.template)
    )
    assert not missing, "no French for:\n" + "\n".join(missing)


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Prêt ? Oui : « %(word)s » !", "Prêt_? Oui_: «_%(word)s_»_!"),
        ("Quoi ?!", "Quoi_?!"),
        ("20 %% de 10 € ; %(a)s %(b)s", "20_%% de 10_€_; %(a)s %(b)s"),
        ("<b>Total</b> :<br>à 10:30", "<b>Total</b>_:<br>à 10:30"),
    ],
)
def test_french_lines_do_not_break_before_their_signs(written: str, set_: str) -> None:
    assert messages.french(written) == set_.replace("_", messages.NO_BREAK)
    assert messages.french(messages.french(written)) == messages.french(written)


def test_what_is_compiled_is_set_so() -> None:
    with translation.override("fr"):
        told = translation.gettext("Received something in exchange:")
        assert told == f"A reçu une contrepartie{messages.NO_BREAK}:"
