"""Test databases are copies of one migrated database, made once for each state of the migrations on each server.

It is named after what the migrations say and is kept: the workers of a run, its passes and the next runs copy it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PREFIX = "parvis_tests_"
LOCK = 7_202_611


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Have Django create the tests' database from the migrated one."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


def migrated() -> str:
    """The name of this server's migrated database, made now if need be; whoever else needs it waits meanwhile."""
    from django.db import connection

    name = PREFIX + _state_of_migrations()
    with connection._nodb_cursor() as cursor, _alone(cursor):
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        found = {each for (each,) in cursor.fetchall()}
        if name in found:
            return name
        for old in found:
            cursor.execute(f'DROP DATABASE "{old}"')
        half_made = f"{PREFIX}new"
        _migrate(half_made)
        cursor.execute(f'ALTER DATABASE "{half_made}" RENAME TO "{name}"')
    return name


@contextmanager
def _alone(cursor: Any) -> Iterator[None]:
    cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _migrate(name: str) -> None:
    from django.conf import settings
    from django.db import connection

    alias = settings.DATABASES[connection.alias]
    own, test = alias["NAME"], alias["TEST"]
    before = test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = alias["NAME"] = own
        test["NAME"] = before


def _state_of_migrations() -> str:
    from django.apps import apps

    told = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda each: each.label):
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            told.update(f"{app.label} {path.name} ".encode() + path.read_bytes())
    return told.hexdigest()[:24]
