"""A process of many short-lived threads keeps its memory together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parvis.core import memory

MANY_THREADS = """
import sys, threading
from parvis.core import memory
if sys.argv[1] == "together":
    memory.keep_together()
together = threading.Barrier(12)
def work():
    held = [bytearray(1000) for _ in range(2000)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[each.start() for each in threads]
[each.join() for each in threads]
spans = [line.split()[0].split("-") for line in open("/proc/self/maps") if len(line.split()) == 5]
print(sum(int(end, 16) % (64 << 20) == 0 for _, end in spans))
"""


def arenas(manner: str) -> int:
    """Reserved pieces that end where an arena of 64 MB does."""
    source = Path(memory.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", MANY_THREADS, manner], env=os.environ | {"PYTHONPATH": str(source)}, capture_output=True,
        text=True, check=True, timeout=60,
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="arenas are glibc's")
def test_threads_share_a_few_arenas() -> None:
    if not memory.keep_together(8):
        pytest.skip("another C library than glibc")
    assert arenas("together") <= 3 < arenas("spread")
