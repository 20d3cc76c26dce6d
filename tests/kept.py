"""What many tests of a module find made is made once for them all.

A fixture of a module's scope gives ``kept.make`` a function that fills the database and a folder. It runs in a
transaction around the module's tests, each of which works in a savepoint of its own and leaves nothing behind. A test
that does not ask for what is kept sees a database without it; one that commits has it made anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

Made = TypeVar("Made")


class Thing(Generic[Made]):
    """What ``build`` made, and the folder it was given for its files."""

    def __init__(self, build: Callable[[Path], Made], folder: Callable[[], Path]) -> None:
        self._build, self._folder = build, folder
        self._made: tuple[Made, Path] | None = None

    def make(self) -> tuple[Made, Path]:
        home = self._folder()
        return self._build(home), home

    def remember(self) -> None:
        self._made = self.make()

    def forget(self) -> None:
        self._made = None

    def __call__(self) -> tuple[Made, Path]:
        """What stands, or else one made now for this test alone."""
        return self._made or self.make()


class Kept:
    """The things of one module and the transaction they stand in."""

    def __init__(self, blocker: Any, folder: Callable[[], Path]) -> None:
        self._blocker, self._folder = blocker, folder
        self._things: list[Thing[Any]] = []
        self._around: Any = None

    def make(self, build: Callable[[Path], Made]) -> Thing[Made]:
        from django.db import connection

        thing = Thing(build, self._folder)
        self._things.append(thing)
        if self._around is not None:
            with self._blocker.unblock():
                thing.remember()
                # Now and once: what was put off would be looked at again at the end of each test.
                connection.check_constraints()
        return thing

    def enter(self) -> None:
        from django.db import connection, transaction

        if self._around is not None:
            return
        with self._blocker.unblock():
            self._around = transaction.atomic()
            self._around._from_testcase = True  # as Django's own test cases say of theirs
            self._around.__enter__()
            for thing in self._things:
                thing.remember()
            connection.check_constraints()

    def leave(self) -> None:
        from django.db import transaction

        if self._around is None:
            return
        for thing in self._things:
            thing.forget()
        around, self._around = self._around, None
        with self._blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@dataclass
class Now:
    """Of the test that is being set up: what its module keeps, and whether it commits."""

    kept: Kept | None = None
    commits: bool = False


NOW = pytest.StashKey[Now]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOW] = Now()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the test's own transaction begins: what it asks for stands, and what it does not ask for does not."""
    this = item.config.stash[NOW]
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    this.commits = "transactional_db" in names or bool(marker and marker.kwargs.get("transaction"))
    if this.kept is None:
        return
    if "kept" in names and not this.commits:
        this.kept.enter()
    elif marker or names & {"db", "transactional_db"}:
        this.kept.leave()


@pytest.fixture(scope="module")
def kept(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept]:
    this = request.config.stash[NOW]
    this.kept = made = Kept(django_db_blocker, lambda: tmp_path_factory.mktemp("kept"))
    if not this.commits:
        made.enter()
    yield made
    made.leave()
    this.kept = None
