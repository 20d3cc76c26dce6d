"""The parvis command as a person uses it: a home of its own, real processes."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.database, pytest.mark.slow]


class Installation:
    """A fresh installation with its own bundled server."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            **{key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "PARVIS_SECRET_KEY"}},
            "PARVIS_HOME": str(home),
            "PARVIS_LOG_LEVEL": "ERROR",
            "PARVIS_PUBLIC_URL": "http://localhost:8000",
            "PYTHONPATH": "src",
        }

    def __call__(self, *words: str, given: str = "", expect: int = 0) -> str:
        command = [sys.executable, "-m", "parvis.interfaces.cli", *words]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, input=given, env=self.environment, timeout=240
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout if expect == 0 else done.stdout + done.stderr


@pytest.fixture(scope="module")
def parvis(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("home"))
    made("setup")
    return made


def test_help_teaches_and_needs_no_database(tmp_path: Path) -> None:
    told = Installation(tmp_path)("--help")
    for command in ("setup", "serve", "worker", "import", "simulate", "read", "batch", "events", "check", "backup"):
        assert command in told
    assert not (tmp_path / "postgres").exists()


def test_a_wrong_setting_is_one_clear_message(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    made.environment["PARVIS_PORT"] = "many"
    told = made("setup", expect=2)
    assert "PARVIS_PORT='many'" in told
    assert "Traceback" not in told


def test_setup_can_be_repeated(parvis: Installation) -> None:
    assert "0 migrations" in parvis("setup")


def test_check_tells_the_state_of_the_installation(parvis: Installation) -> None:
    findings = {each["subject"]: each for each in json.loads(parvis("check", "--json"))}
    assert findings["tables"]["level"] == "good"
    assert findings["worker"]["level"] == "notice"
    parvis.environment["PARVIS_PROT"] = "1"
    told = parvis("check", "--json")
    del parvis.environment["PARVIS_PROT"]
    assert "PARVIS_PROT" in told


def test_events_and_metrics_explain_themselves(parvis: Installation) -> None:
    listeners = {each["listener"] for each in json.loads(parvis("events", "--json"))}
    assert {"voices.examine", "evidence.follow"} <= listeners
    french = json.loads(parvis("metrics", "--locale", "fr", "--json"))
    assert all(each["definition"] and each["denominator"] for each in french)


def test_a_file_is_imported_with_its_bad_rows_told_and_twice_changes_nothing(
    parvis: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text("id,product,stars,text\n1,none,5,Lovely and soft\n2,,11,Too many stars\n", encoding="utf-8")
    rejected = tmp_path / "rejected.csv"
    first = json.loads(parvis("import", str(file), "--rejected", str(rejected), "--json"))
    assert (first["accepted"], first["rejected"]) == (0, 2)
    assert rejected.read_text(encoding="utf-8").count("\n") >= 3
    assert json.loads(parvis("import", str(file), "--json"))["accepted"] == 0


def test_batch_reads_and_ranks_files_without_a_database(tmp_path: Path) -> None:
    made = Installation(tmp_path / "home")
    source = tmp_path / "voices.jsonl"
    rows = [
        {"id": "a", "product": "p", "text": "Runs small, I am 5'6 and size up. The fabric is soft."},
        {"id": "b", "product": "p", "text": "Taille petit mais la matière est douce."},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    told = json.loads(made("batch", "read", "--in", str(source), "--out", str(tmp_path / "read.jsonl"), "--json"))
    assert told["rows"] == 2
    read = [json.loads(line) for line in (tmp_path / "read.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["language"] for row in read] == ["en", "fr"]
    made("batch", "rank-reviews", "--in", str(source), "--out", str(tmp_path / "ranked.csv"))
    assert (tmp_path / "ranked.csv").read_text(encoding="utf-8").startswith("id,product,score")
    broken = tmp_path / "broken.csv"
    broken.write_text("id,words\n1,hello\n", encoding="utf-8")
    assert "text" in made("batch", "read", "--in", str(broken), "--out", str(tmp_path / "x.csv"), expect=2)
    assert not (tmp_path / "x.csv").exists()
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_backup_brings_everything_back(parvis: Installation, tmp_path: Path) -> None:
    password = "a-long-enough-one\n" * 2
    parvis("staff", "ana@brand.example", "--role", "owner", given=password)
    home = Path(parvis.environment["PARVIS_HOME"])
    (home / "media").mkdir(exist_ok=True)
    (home / "media" / "kept.txt").write_text("kept", encoding="utf-8")
    file = tmp_path / "all.tar"
    parvis("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    parvis("staff", "ben@brand.example", "--role", "owner", given=password)
    (home / "media" / "kept.txt").unlink()
    parvis("restore", str(file), "--yes")
    assert (home / "media" / "kept.txt").read_text(encoding="utf-8") == "kept"
    assert "already" in parvis("staff", "ana@brand.example", given=password, expect=2)
    parvis("staff", "ben@brand.example", given=password)  # was not there when the backup was made
    json.loads(parvis("check", "--json"))


def test_a_foreign_file_is_no_backup_and_harms_nothing(parvis: Installation, tmp_path: Path) -> None:
    file = tmp_path / "foreign.tar"
    (tmp_path / "evil").write_text("x", encoding="utf-8")
    with tarfile.open(file, "w") as archive:
        archive.add(tmp_path / "evil", "evil")
    assert "not a backup" in parvis("restore", str(file), "--yes", expect=2)
    parvis("check", "--json")


def test_mail_that_came_back_is_piped_in(parvis: Installation) -> None:
    report = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=X\n\n--X\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n--X\n"
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{'0' * 32}@shop.example>\n\n--X--\n"
    )
    told = json.loads(parvis("mail", "--returned", "-", "--json", given=report))
    assert told == {"taken": 0, "known": 0, "unknown": 1, "mails": 1}
    assert (
        json.loads(parvis("mail", "--returned", "-", "--json", given="Subject: away\n\nBack on Monday."))["mails"] == 1
    )
