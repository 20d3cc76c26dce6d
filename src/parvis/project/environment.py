"""Settings from the environment: read once, checked loudly, documented in docs/settings.md."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from parvis.connectors.llm.options import Options, options
from parvis.core.errors import ParvisError
from parvis.project.variables import VARIABLES


class BadConfiguration(ParvisError):
    """All problems at once, one a line."""

    code = "bad_configuration"
    status = 500
    template = "The configuration cannot be used:\n%(problems)s"


@dataclass(frozen=True)
class Environment:
    """The checked settings. ``database_url`` is empty when the bundled server is to be used."""

    home: Path
    database_url: str
    secret_key: str
    debug: bool
    public_url: str
    ai_training: bool
    hosts: tuple[str, ...]
    host: str
    port: int
    web_workers: int
    web_threads: int
    database_pool: int
    currency: str
    time_zone: str
    brand: str
    events_months: int
    unbought_days: int
    dense: bool
    evidence_index: str
    log_level: str
    log_json: bool | None
    email_url: str
    email_from: str
    mail_hook_secret: str
    stripe: tuple[str, str, tuple[str, ...]] | None = field(repr=False)
    outbound_allowed: tuple[str, ...]
    unsigned_agents: bool
    language_model: Options | None
    second_opinions: str
    trusted_proxies: int
    unknown: tuple[str, ...] = field(default=())

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


_YES = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.defaults = {variable.name: variable.default for variable in VARIABLES}

    def text(self, name: str) -> str:
        return self.environ.get(name, "").strip() or self.defaults[name]

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def flag(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in _YES:
            self.problems.append(f"  {name}={value!r}: say yes or no")
        return _YES.get(value, False)

    def number(self, name: str, low: int, high: int) -> int:
        value = self.text(name)
        if not value.isdigit() or not low <= int(value) <= high:
            self.problems.append(f"  {name}={value!r}: give a whole number from {low} to {high}")
            return low
        return int(value)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in allowed:
            self.problems.append(f"  {name}={value!r}: say one of {', '.join(allowed)}")
        return value


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check all variables; raises :class:`BadConfiguration` with every problem found."""
    environ = os.environ if environ is None else environ
    reader = _Reader(environ)
    home = Path(reader.text("PARVIS_HOME")).expanduser().resolve()
    json_choice = reader.choice("PARVIS_LOG_JSON", ("auto", "yes", "no"))
    settings = Environment(
        home=home,
        database_url=_database_url(reader),
        secret_key=reader.text("PARVIS_SECRET_KEY") or _kept_key(home),
        debug=reader.flag("PARVIS_DEBUG"),
        public_url=_public_url(reader),
        ai_training=reader.flag("PARVIS_AI_TRAINING"),
        hosts=reader.several("PARVIS_HOSTS"),
        host=reader.text("PARVIS_HOST"),
        port=reader.number("PARVIS_PORT", 1, 65535),
        web_workers=reader.number("PARVIS_WEB_WORKERS", 1, 64),
        web_threads=reader.number("PARVIS_WEB_THREADS", 1, 128),
        database_pool=reader.number("PARVIS_DATABASE_POOL", 0, 500),
        currency=_currency(reader),
        time_zone=_time_zone(reader),
        brand=reader.text("PARVIS_BRAND"),
        events_months=reader.number("PARVIS_EVENTS_MONTHS", 1, 120),
        unbought_days=reader.number("PARVIS_UNBOUGHT_DAYS", 1, 3650),
        dense=reader.flag("PARVIS_DENSE"),
        evidence_index=reader.choice("PARVIS_EVIDENCE_INDEX", ("embedded", "postgres")),
        log_level=reader.choice("PARVIS_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR")),
        log_json=None if json_choice == "auto" else json_choice == "yes",
        email_url=reader.text("PARVIS_EMAIL_URL"),
        email_from=reader.text("PARVIS_EMAIL_FROM"),
        mail_hook_secret=_hook_secret(reader),
        stripe=_stripe(reader),
        outbound_allowed=reader.several("PARVIS_OUTBOUND_ALLOWED"),
        unsigned_agents=reader.flag("PARVIS_UNSIGNED_AGENTS"),
        language_model=_language_model(reader),
        second_opinions=reader.choice("PARVIS_SECOND_OPINIONS", ("advise", "release", "off")),
        trusted_proxies=reader.number("PARVIS_TRUSTED_PROXIES", 0, 10),
        unknown=tuple(sorted(key for key in environ if key.startswith("PARVIS_") and key not in reader.defaults)),
    )
    if reader.problems:
        raise BadConfiguration(problems="\n".join(reader.problems))
    return settings


def _database_url(reader: _Reader) -> str:
    url = reader.text("DATABASE_URL")
    if url and urlsplit(url).scheme not in ("postgresql", "postgres"):
        reader.problems.append("  DATABASE_URL: it must begin with postgresql:// (Parvis runs on PostgreSQL only)")
    return url


def _public_url(reader: _Reader) -> str:
    url = reader.text("PARVIS_PUBLIC_URL").rstrip("/") or f"http://localhost:{reader.text('PARVIS_PORT')}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        reader.problems.append(f"  PARVIS_PUBLIC_URL={url!r}: give http(s)://host without a path")
    return url


def _hook_secret(reader: _Reader) -> str:
    secret = reader.text("PARVIS_MAIL_HOOK_SECRET")
    try:
        long_enough = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 16
    except ValueError:
        long_enough = False
    if secret and not (secret.startswith("whsec_") and long_enough):
        reader.problems.append("  PARVIS_MAIL_HOOK_SECRET: give whsec_ and at least 16 bytes in base64")
    return secret


def _stripe(reader: _Reader) -> tuple[str, str, tuple[str, ...]] | None:
    """Secret key, publishable key, webhook secrets; all three or none, of one mode."""
    names = ("PARVIS_STRIPE_SECRET_KEY", "PARVIS_STRIPE_PUBLISHABLE_KEY", "PARVIS_STRIPE_WEBHOOK_SECRET")
    secret, public = reader.text(names[0]), reader.text(names[1])
    hooks = reader.several(names[2])
    if not (secret or public or hooks):
        return None
    # never the value itself: what is wrong here is printed and logged
    if not secret.startswith(("sk_", "rk_")):
        reader.problems.append(f"  {names[0]}: give the secret key, sk_… or rk_…")
    if not public.startswith("pk_"):
        reader.problems.append(f"  {names[1]}: give the publishable key, pk_…")
    if not hooks or not all(hook.startswith("whsec_") for hook in hooks):
        reader.problems.append(f"  {names[2]}: give the endpoint's secret, whsec_…")
    modes = {key.split("_")[1] for key in (secret, public) if key.count("_") >= 2}
    if len(modes) > 1:
        reader.problems.append("  PARVIS_STRIPE_…: one key is of test mode, the other of live mode")
    return secret, public, hooks


def _currency(reader: _Reader) -> str:
    code = reader.text("PARVIS_CURRENCY")
    if len(code) != 3 or not code.isalpha() or not code.isupper():
        reader.problems.append(f"  PARVIS_CURRENCY={code!r}: give three capital letters, such as EUR")
    return code


def _language_model(reader: _Reader) -> Options | None:
    names = [name for name in reader.defaults if name.startswith("PARVIS_LLM")]
    said = {name: reader.text(name) for name in names}
    if not said["PARVIS_LLM"]:
        return None
    from babel.numbers import get_currency_precision

    minor = 10 ** int(get_currency_precision(reader.text("PARVIS_CURRENCY")))
    return options(said, reader.problems, minor=minor)


def _time_zone(reader: _Reader) -> str:
    from zoneinfo import available_timezones

    name = reader.text("PARVIS_TIME_ZONE")
    if name not in available_timezones():
        reader.problems.append(f"  PARVIS_TIME_ZONE={name!r}: no such time zone")
    return name


def _kept_key(home: Path) -> str:
    """A key made once and kept with owner-only rights, so that sessions outlive a restart."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
