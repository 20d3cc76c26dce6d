"""The platform's web application as it is, with one page of a small internet: the profile of the platform in whose name
the UCP buyers of benchmarks/doors.py sign, which no measurement may fetch from outside."""

import os
from pathlib import Path
from typing import Any

from parvis.core import outbound
from parvis.project.wsgi import application

PROFILE = "https://platform.example/profiles/rush.json"
_real = outbound.get


def _get(url: str, *, most: int, headers: Any = None, allowed: Any = ()) -> outbound.Reply:
    if url == PROFILE:
        return outbound.Reply(status=200, body=Path(os.environ["DOORS_PROFILE"]).read_bytes())
    return _real(url, most=most, headers=headers, allowed=allowed)


outbound.get = _get
__all__ = ["application"]
