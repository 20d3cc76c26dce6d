"""Two windows, one person: at the same moment, each with a connection of its own."""

import threading

import pytest
from django.db import connection

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.voices import models, web
from parvis.domains.voices.testing import AT
from parvis.domains.voices.tests.test_web import GOOD

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_of_two_guests_with_one_address_one_is_sent_the_link():
    dress = small_catalogue().products["linen-dress"]
    start, kept, told = threading.Barrier(3), [], []

    def write(number: int) -> None:
        form = web.ReviewForm({**GOOD, "key": f"window {number}"})
        start.wait()
        try:
            kept.append(form.submit(product_id=dress, caller=f"1.2.3.{number}", locale="en", at=AT))
            told.append("email" in form.errors)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(voice is not None for voice in kept) == 1
    assert sorted(told) == [False, True, True]
    assert models.Voice.objects.filter(product_id=dress, kind="review").count() == 1
