"""What the brand sets is kept in the process, and never for longer than it holds."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, transaction

from parvis.domains.checkout import models, queries
from parvis.domains.checkout.queries.unchanged import unchanged

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def change(value: str) -> None:
    models.Setting.objects.update_or_create(key="test", defaults={"value": value, "at": "2026-03-04T10:00Z"})


def read() -> str | None:
    return unchanged("test", lambda: models.Setting.objects.filter(key="test").values_list("value", flat=True).first())


def test_it_is_read_once_and_anew_after_each_change(django_assert_num_queries) -> None:
    change("one")
    assert read() == "one"
    with django_assert_num_queries(1):
        assert [read()] == ["one"]
    change("two")
    assert read() == "two"
    models.Setting.objects.filter(key="test").delete()
    assert read() is None


def test_what_was_undone_was_never_so() -> None:
    change("one")
    assert read() == "one"
    with transaction.atomic():
        change("two")
        assert read() == "two"
        transaction.set_rollback(True)
    assert read() == "one"


def test_another_process_changes_it() -> None:
    change("one")
    assert read() == "one"
    program = (
        "import django; django.setup(); from django.db import connection; import sys;"
        "connection.settings_dict['NAME'] = sys.argv[1];"
        "from parvis.domains.checkout import models;"
        "models.Setting.objects.filter(key='test').update(value='two')"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(settings.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-c", program, str(connection.settings_dict["NAME"])]
    subprocess.run(command, env=environment, check=True, timeout=120)
    assert read() == "two"


def test_methods_taxes_offers_and_settings_take_one_small_statement_each(django_assert_num_queries) -> None:
    cart = queries.cart("nobody", locale="en")
    from parvis.domains.checkout.testing import AT

    queries.quote(cart, at=AT)
    with django_assert_num_queries(3):
        queries.quote(cart, at=AT)
