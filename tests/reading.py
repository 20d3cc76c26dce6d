"""Answers of the test client that stream a file."""

from typing import Any


def read(answer: Any) -> Any:
    """The answer, read to its end, so that its file is closed as a server would close it."""
    if answer.streaming:
        answer.streaming_content = [b"".join(answer.streaming_content)]
    return answer
