"""Ports bound to connectors: the one place where a domain's need meets an outside platform."""


def bind() -> None:
    """Bind every port. Called once, when Django is ready."""
