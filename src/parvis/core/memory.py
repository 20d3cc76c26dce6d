"""Memory of long-lived processes."""

import ctypes
import sys

# Parameters of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE = 1 << 20  # bytes from which a block is a map of its own, given back when it is freed
_SPARE = 4 << 20  # free bytes at the end of the heap that are kept


def keep_together(arenas: int = 2) -> bool:
    """Let all threads of this process share a few memory arenas; says whether the system could.

    glibc gives threads arenas of their own. A worker whose libraries start short-lived threads for each batch would
    spread over more and more of them and grow without end, though nothing is held. And once a large table was freed,
    it would keep the next ones in the heap, where small things between them hold it open: the worst hour of a worker
    would be its size for good. Called before threads start.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
        wanted = ((_ARENA_MAX, arenas), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _SPARE))
        return all(mallopt(parameter, value) for parameter, value in wanted)
    except (AttributeError, OSError):  # another C library, which has no arenas
        return False
