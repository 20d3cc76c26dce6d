"""Where the files shipped with the package lie."""

from importlib import resources
from pathlib import Path


def folder(name: str) -> Path:
    """The folder ``models`` or ``data`` of this package."""
    return Path(str(resources.files("parvis.science.text").joinpath(name)))
