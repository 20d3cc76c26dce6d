"""Imports from the studio: up, followed, and what was not taken back as a harmless file."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import ImportState
from parvis.interfaces.studio.tests.conftest import AT

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def _upload(client, text, name="reviews.csv"):
    return client.post("/studio/imports/upload/", {"file": SimpleUploadedFile(name, text.encode())})


def test_a_file_is_kept_and_its_import_is_queued(owner, shop):
    answer = _upload(owner, "product,text,stars\nlinen-dress,Very soft and light,5\n")
    run = queries.import_runs()[0]
    assert answer["Location"] == f"/studio/imports/{run.id}/"
    assert run.state is ImportState.QUEUED
    assert [job.args for job in ProcrastinateJob.objects.filter(task_name="voices.import")] == [{"run_id": run.id}]
    assert "every 1s" in owner.get(f"/studio/imports/{run.id}/").content.decode()
    actions.continue_import(run_id=run.id, at=AT)
    page = owner.get(f"/studio/imports/{run.id}/", headers={"HX-Request": "true"}).content.decode()
    assert "every 1s" not in page
    assert "No row was rejected." in page


def test_nothing_chosen_is_told(owner, shop):
    assert owner.post("/studio/imports/upload/").status_code == 422
    assert _upload(owner, "").status_code == 422


def test_rejected_rows_come_back_with_line_and_reason_and_no_formula(owner, shop):
    answer = owner.get(f"/studio/imports/{shop.run}/rejected.csv")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"] == f'attachment; filename="import-{shop.run}-rejected.csv"'
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["line"] == "3"
    assert row["text"] == "'=cmd|calc"
    assert row["reason"]


def test_a_file_that_is_no_table_fails_with_its_reason(owner, shop):
    run = actions.import_file(stream=io.BytesIO(b"PK\x03\x04 not a table"), filename="a.zip", actor_id=None, at=AT)
    page = owner.get(f"/studio/imports/{run.id}/").content.decode()
    assert "The file was not imported" in page
