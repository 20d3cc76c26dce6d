"""Structured logs: one JSON object a line (or coloured text on a terminal), each with the request it belongs to.

Nobody who reads logs may act in another's name or learn who somebody is: secret fields, signed links in addresses, and
e-mail addresses are masked, whichever library writes the line.
"""

import logging
import logging.config
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# A field whose name says it is secret never reaches a log.
_SECRET = ("password", "secret", "token", "authorization", "cookie", "card", "api_key", "signature")

# The same in words: a call as it is written in Python, as the queue tells of jobs that failed.
_NAMED = re.compile(rf"(\w*(?:{'|'.join(_SECRET)})\w*=)(?:'[^']*'|\"[^\"]*\")", re.IGNORECASE)

# A piece of an address that is a key: the links of mails and of orders open what they lead to.
_KEY = re.compile(r"(?<=[/=])(?:(?=[\w~.:-]*[A-Z])(?=[\w~.:-]*[0-9])[\w~.:-]{20,}|[0-9a-f]{32,})(?![\w~.:-])", re.ASCII)
_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def masked(text: str) -> str:
    """``text`` without keys in addresses, without secrets that are called so and without e-mail addresses.

    >>> masked("Not Found: /fr/review/17.Zx3k9QwErTyUiOpAsDfGh-12/ for emma@mail.example")
    'Not Found: /fr/review/[key]/ for [address]'
    """
    return _MAIL.sub("[address]", _KEY.sub("[key]", _NAMED.sub(r"\1[redacted]", text)))


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of fields that hold secrets, and mask what other words tell."""
    for key, value in event.items():
        if any(word in key.lower() for word in _SECRET):
            event[key] = "[redacted]"
        elif isinstance(value, str):
            event[key] = masked(value)
    return event


def configure(*, level: str = "INFO", as_json: bool | None = None) -> None:
    """Send structlog and the standard library's logging to stderr in one format."""
    json_lines = not sys.stderr.isatty() if as_json is None else as_json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # Tracebacks without the values of local variables, which may hold what a person typed (a card, a password).
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer: Any = structlog.processors.JSONRenderer() if json_lines else plain
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info if json_lines else structlog.processors.StackInfoRenderer(),
            redact,  # again: what exceptions say is words by now
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # (django.template tells whole contexts when it is asked for everything: names, words, links)
    for noisy in ("procrastinate", "httpx", "httpcore", "django.request", "django.template", "axes", "allauth"):
        logging.getLogger(noisy).setLevel("WARNING")
