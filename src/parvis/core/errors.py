"""One shape for every error that a person or a program may see.

An error carries a stable ``code``, an HTTP ``status`` and a message template with named parameters, so that
rules and science can raise it without Django and interfaces can translate it.
"""

from typing import Any, ClassVar


class ParvisError(Exception):
    """Base of all expected errors; subclasses set ``code``, ``status`` and ``template``.

    ``str(error)`` is the English message; ``error.template`` with ``error.params`` is what interfaces translate.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    template: ClassVar[str] = "The request could not be carried out."

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(params)

    def __str__(self) -> str:
        return self.template % self.params if self.params else self.template


class NotFound(ParvisError):
    """``kind`` and ``key`` say what was looked for."""

    code = "not_found"
    status = 404
    template = "No %(kind)s is known as %(key)s."


class Forbidden(ParvisError):
    """``permission`` names what the caller lacks."""

    code = "forbidden"
    status = 403
    template = "This needs the permission %(permission)s."


class Conflict(ParvisError):
    """The state has moved on; ``reason`` says how."""

    code = "conflict"
    status = 409
    template = "This is no longer possible: %(reason)s."


class Invalid(ParvisError):
    """Bad input: ``field`` and ``problem`` name where and what."""

    code = "invalid"
    status = 422
    template = "%(field)s: %(problem)s"
