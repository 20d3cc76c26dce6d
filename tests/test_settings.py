"""Settings from the environment: loud about every mistake, all at once; documented."""

from pathlib import Path

import pytest

from parvis.project import environment
from parvis.project.databases import database_settings
from parvis.project.environment import BadConfiguration


def read(tmp_path: Path, **given: str) -> environment.Environment:
    return environment.read({"PARVIS_HOME": str(tmp_path), **given})


def test_defaults_are_usable_and_the_secret_key_is_kept(tmp_path: Path) -> None:
    first = read(tmp_path)
    assert first.secret_key == read(tmp_path).secret_key
    assert len(first.secret_key) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as raised:
        read(
            tmp_path,
            PARVIS_PORT="http",
            PARVIS_DEBUG="perhaps",
            DATABASE_URL="mysql://somewhere",
            PARVIS_CURRENCY="euro",
            PARVIS_TIME_ZONE="Mars/Olympus",
            PARVIS_PUBLIC_URL="shop.example",
            PARVIS_MAIL_HOOK_SECRET="whsec_short",
        )
    told = str(raised.value)
    for name in ("PORT", "DEBUG", "DATABASE_URL", "CURRENCY", "TIME_ZONE", "PUBLIC_URL", "MAIL_HOOK_SECRET"):
        assert name in told


def test_unknown_variables_are_noticed(tmp_path: Path) -> None:
    assert read(tmp_path, PARVIS_PROT="80").unknown == ("PARVIS_PROT",)


def test_a_database_address_becomes_connection_settings() -> None:
    parts = database_settings("postgresql://ana:s%40cret@db.example:6432/shop?sslmode=require")
    assert parts["HOST"] == "db.example"
    assert parts["PASSWORD"] == "s@cret"
    assert parts["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 5}


def test_the_public_address_follows_the_port_unless_it_is_given(tmp_path: Path) -> None:
    assert read(tmp_path, PARVIS_PORT="8200").public_url == "http://localhost:8200"
    given = read(tmp_path, PARVIS_PORT="8200", PARVIS_PUBLIC_URL="https://shop.example/")
    assert given.public_url == "https://shop.example"
