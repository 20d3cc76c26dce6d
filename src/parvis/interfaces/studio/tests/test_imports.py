"""Imports from the studio: up, followed, and what was not taken back as a harmless file."""

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import ImportState, Origin, QueueFilters
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def _upload(client, text, name="reviews.csv"):
    return client.post("/studio/imports/upload/", {"file": SimpleUploadedFile(name, text.encode())})


def _jobs(task):
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=task)]


def test_a_file_is_looked_at_tried_and_then_imported(owner, shop):
    answer = _upload(owner, 'product,text,stars\nlinen-dress,Very soft and light,5\nlinen-dress,Half,"4,5"\n')
    run = queries.import_runs()[0]
    assert (run.state, answer["Location"]) == (ImportState.DRAFT, f"/studio/imports/{run.id}/columns/")
    page = owner.get(answer["Location"]).content.decode()
    assert "Very soft and light" in page
    assert '<option value="stars" selected>' in page
    tried = owner.post(answer["Location"], {"column-0": "product", "column-1": "text", "column-2": "stars"})
    assert tried["Location"] == f"/studio/imports/{run.id}/"
    assert _jobs("voices.import_check") == [{"run_id": run.id}]
    assert "every 1s" in owner.get(tried["Location"]).content.decode()
    checked = actions.check_import(run_id=run.id, at=AT)
    assert (checked.state, checked.check.accepted, checked.check.rejected) == (ImportState.CHECKED, 1, 1)
    page = owner.get(tried["Location"]).content.decode()
    assert "half stars" in page
    assert "rounding it would change what was said" in page
    owner.post(f"/studio/imports/{run.id}/start/")
    owner.post(f"/studio/imports/{run.id}/start/")
    assert _jobs("voices.import") == [{"run_id": run.id}]
    done = actions.continue_import(run_id=run.id, at=AT)
    assert (done.accepted, done.rejected) == (1, 1)
    page = owner.get(f"/studio/imports/{run.id}/", headers={"HX-Request": "true"}).content.decode()
    assert "every 1s" not in page
    again = _upload(owner, "stars,text,product\n5,Another one,linen-dress\n")
    assert "As last time" in owner.get(again["Location"]).content.decode()


def test_columns_that_do_not_suffice_are_told_and_nothing_is_lost(owner, shop):
    here = _upload(owner, "a,b,c\nlinen-dress,Soft,5\n")["Location"]
    answer = owner.post(here, {"column-1": "text", "column-2": "stars", "source": "elsewhere"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say which column names the product" in page
    assert '<option value="text" selected>' in page
    assert 'value="elsewhere"' in page
    assert owner.post(here, {"column-1": "text", "column-2": "stars", "product": "linen-dress"}).status_code == 302


def test_dates_that_can_be_read_both_ways_are_asked_about(owner, shop):
    here = _upload(owner, "product,text,stars,date\nlinen-dress,Soft,5,03/04/2025\n")["Location"]
    page = owner.get(here).content.decode()
    assert "How are the dates written?" in page
    chosen = {"column-0": "product", "column-1": "text", "column-2": "stars", "column-3": "submitted_at"}
    assert owner.post(here, chosen).status_code == 422
    assert owner.post(here, {**chosen, "dates": "month"}).status_code == 302
    run = queries.import_runs()[0]
    actions.check_import(run_id=run.id, at=AT)
    owner.post(f"/studio/imports/{run.id}/start/")
    actions.continue_import(run_id=run.id, at=AT)
    (voice,) = queries.find(QueueFilters(state=None, origin=Origin.IMPORT, text="Soft")).items
    assert voice.submitted_at.date().isoformat() == "2025-03-04"
    clear = _upload(owner, "product,text,stars,date\nlinen-dress,Soft,5,25/04/2025\n")["Location"]
    assert "How are the dates written?" not in owner.get(clear).content.decode()


def test_products_are_named_once(owner, shop):
    here = _upload(owner, "id,product,text,stars\n1,their-77,Soft,5\n2,their-77,Light,4\n")["Location"]
    owner.post(
        here, {"column-0": "id", "column-1": "product", "column-2": "text", "column-3": "stars", "source": "them"}
    )
    run = queries.import_runs()[0]
    actions.check_import(run_id=run.id, at=AT)
    page = owner.get(f"/studio/imports/{run.id}/").content.decode()
    assert "their-77" in page
    assert "2 rows" in page
    wrong = owner.post(
        f"/studio/imports/{run.id}/products/", {"ref-1": "their-77", "product-1": "nothing"}, follow=True
    )
    assert "none of your products" in wrong.content.decode()
    owner.post(f"/studio/imports/{run.id}/products/", {"ref-1": "their-77", "product-1": "linen-dress"})
    checked = actions.check_import(run_id=run.id, at=AT)
    assert (checked.check.accepted, checked.check.unmatched) == (2, ())


def test_a_draft_can_be_thrown_away_and_a_started_one_not(owner, shop):
    here = _upload(owner, "product,text,stars\nlinen-dress,Soft,5\n")["Location"]
    run = queries.import_runs()[0]
    owner.post(f"/studio/imports/{run.id}/discard/")
    assert run.id not in {other.id for other in queries.import_runs()}
    assert owner.get(here).status_code == 404
    _upload(owner, "product,text,stars\nlinen-dress,Soft,5\n")
    run = queries.import_runs()[0]
    owner.post(f"/studio/imports/{run.id}/start/")
    page = owner.post(f"/studio/imports/{run.id}/discard/", follow=True).content.decode()
    assert "Not done" in page
    assert queries.import_run(run.id).state is ImportState.QUEUED


def test_reasons_are_in_the_readers_language(shop):
    client = signed_in("mathis", locale="fr")
    page = client.get(f"/studio/imports/{shop.run}/").content.decode()
    assert "nombre entier de 1 à 5" in page
    text = b"".join(client.get(f"/studio/imports/{shop.run}/rejected.csv").streaming_content).decode()
    assert "nombre entier de 1 à 5" in text


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


def _spreadsheet():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()


def _zip():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("reviews.csv", "product,text\n")
    return held.getvalue()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "neither CSV"),
        (b"%PDF-1.7 ...", "neither CSV"),
        (b"{\\rtf1\\ansi Reviews}", "neither CSV"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "neither CSV"),
        (b"\x7fELF" + bytes(200), "neither CSV"),
        (_spreadsheet(), "save it there as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), "save it there as CSV"),
        (_zip(), "unpack it"),
        (b"   \n  ", "The file is empty"),
    ],
    ids=["png", "pdf", "rtf", "html", "program", "xlsx", "xls", "zip", "blank"],
)
def test_what_is_no_table_is_refused_at_the_door_and_not_kept(owner, shop, settings, body, told):
    before = len(queries.import_runs())
    answer = owner.post("/studio/imports/upload/", {"file": SimpleUploadedFile("reviews.csv", body)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert len(queries.import_runs()) == before
    assert not list(settings.HOME.rglob("*.upload"))


@pytest.mark.parametrize("text", ['{"reviews": [', '{"reviews": [  \n', "[", "[[", '{"a": [1'], ids=range(5))
def test_a_document_cut_short_is_no_failure_of_ours(owner, text):
    answer = _upload(owner, text, "cut.json")
    assert answer.status_code in {302, 422}
