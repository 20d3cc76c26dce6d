"""Memory of long-lived processes."""

import ctypes
import sys

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


def keep_together(arenas: int = 2) -> bool:
    """Let all threads of this process share a few memory arenas; says whether the system could.

    glibc gives threads arenas of their own. A worker whose libraries start short-lived threads for each batch would
    spread over more and more of them and grow without end, though nothing is held. Called before threads start.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, arenas))
    except (AttributeError, OSError):  # another C library, which has no arenas
        return False
