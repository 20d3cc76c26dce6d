"""What the log tells of people who follow the links of our mails: neither their link nor who they are."""

import logging

import pytest

from parvis.core import logs
from parvis.core.clock import now
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import NewVoice
from parvis.interfaces.storefront.tests.test_invited import box, fields, invite, products

pytestmark = [pytest.mark.database, pytest.mark.django_db]
__all__ = ["box"]


def test_neither_links_nor_people_are_in_the_log(client, box, capsys):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure(level="DEBUG", as_json=True)
        path, _mail = invite(box)
        token = path.split("/")[3]
        client.get(path)
        client.post(path, fields(products()[0], text="", author_name="Sofiane Benali"))  # refused by the form
        client.get(path.rstrip("/") + "/gone/")  # nowhere
        voice = actions.receive(
            NewVoice(product_id=products()[0], text="Écrivez à emma.f@mail.example", stars=4), at=now()
        )
        link = queries.author_token(voice.id)
        actions.examine([voice.id], at=now())
        client.get(f"/fr/my-review/{link}/")
        client.post(f"/fr/my-review/{link}/nowhere/")
        client.post(f"/fr/my-review/{link}x/", {"appeal": "Sofiane Benali"})
    finally:
        root.handlers[:], root.level = handlers, level
    written = capsys.readouterr().err
    assert '"path": "/fr/review/[key]/' in written
    for secret in (token, token.split(":")[-1], link, link.split(":")[-1], "Benali", "emma.f@", "@mail.example"):
        assert [line for line in written.splitlines() if secret in line] == [], secret
