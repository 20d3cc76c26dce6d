"""Crowds of real processes, for every test that needs one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from parvis.domains.checkout.testing.crowd import PROGRAM

Crowd = Callable[[list[dict[str, Any]]], list[str]]


@pytest.fixture(scope="session")
def starter() -> Iterator[subprocess.Popen[str]]:
    """A fresh process that has loaded the project and forks crowds from there."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdin=pipe, stdout=pipe, text=True) as run:
        yield run
        assert run.stdin is not None
        run.stdin.close()
        run.wait(timeout=30)


@pytest.fixture
def crowd(starter: subprocess.Popen[str]) -> Crowd:
    """What each of the jobs says, all started at the same moment, a process each."""

    def run(jobs: list[dict[str, Any]]) -> list[str]:
        assert starter.stdin is not None
        assert starter.stdout is not None
        starter.stdin.write(json.dumps({"database": connection.settings_dict["NAME"], "jobs": jobs}) + "\n")
        starter.stdin.flush()
        return [answer["said"] for answer in json.loads(starter.stdout.readline())]

    return run
