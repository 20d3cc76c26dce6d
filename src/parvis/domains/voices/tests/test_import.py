import csv
import gzip
import io
import json
import zipfile

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.actions.files import base
from parvis.domains.voices.contracts import ImportState
from parvis.domains.voices.rules.columns import COLUMNS

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def run(data: bytes | str, at, *, name: str = "reviews.csv", **more):
    raw = data if isinstance(data, bytes) else data.encode()
    return actions.import_file(stream=io.BytesIO(raw), filename=name, actor_id=None, at=at, **more)


def table(*lines: str, header: str = "id,product,stars,title,text,author,date") -> str:
    return "\n".join([header, *lines]) + "\n"


GOOD = "1,linen-dress,5,Lovely,It has pockets and it is light,Emma,2026-01-05"


def reasons(done) -> list[tuple[int, str]]:
    return [(row.line, row.code) for row in queries.rejected_rows(done.id)]


def test_good_rows_come_in_and_again_changes_nothing(dress, at):
    data = table(GOOD, "2,test-sweater,2,,Trop court,Léa,05/01/2026")
    done = run(data, at)
    assert (done.state, done.format, done.encoding) == (ImportState.DONE, "csv", "utf-8")
    assert (done.rows, done.accepted, done.rejected, done.duplicates, done.share) == (2, 2, 0, 0, 1.0)
    voices = {voice.text: voice for voice in queries.find(queries_all()).items}
    assert voices["Trop court"].submitted_at.isoformat() == "2026-01-05T00:00:00+00:00"
    assert voices["It has pockets and it is light"].author_name == "Emma"
    again = run(data, at)
    assert (again.accepted, again.duplicates) == (0, 2)
    assert models.Voice.objects.count() == 2


def queries_all():
    from parvis.domains.voices.contracts import QueueFilters

    return QueueFilters(state=None)


def test_bad_rows_are_kept_with_line_and_reason_and_the_rest_comes_in(dress, at):
    data = table(
        GOOD,
        "2,linen-dress,11,,Eleven stars,Emma,2026-01-05",
        "3,linen-dress,4.5,,Half a star,Emma,2026-01-05",
        "4,linen-dress,4,,Too old,Emma,1900-01-01",
        "5,linen-dress,4,,Not yet,Emma,2031-01-01",
        "6,linen-dress,4,,No day,Emma,yesterday",
        "7,linen-dress,4,,No day,Emma,31/02/2026",
        "8,,4,,No product,Emma,2026-01-05",
        "9,unknown,4,,No such product,Emma,2026-01-05",
        "10,linen-dress,4,," + "x" * 5_000_000 + ",Emma,2026-01-05",
        "11,linen-dress,4,,bell \x07 inside,Emma,2026-01-05",
        "12,linen-dress,4,,null \0 inside,Emma,2026-01-05",
        "13,linen-dress,,,,Emma,2026-01-05",
        "14,linen-dress,4,,a,Emma,2026-01-05,surplus,cells",
        '15,linen-dress,4,,"two',
        'lines",Emma,2026-01-05',
        "",
        "16,linen-dress,4,,=HYPERLINK(1),Emma,2026-01-05",
        "17,linen-dress,4",
    )
    done = run(data, at)
    assert reasons(done) == [
        (3, "not_stars"),
        (4, "half_stars"),
        (5, "date_too_old"),
        (6, "date_in_future"),
        (7, "not_a_date"),
        (8, "not_a_date"),
        (9, "missing_product"),
        (10, "unknown_product"),
        (11, "too_long"),
        (12, "control_characters"),
        (13, "control_characters"),
        (14, "nothing_said"),
        (15, "surplus_cells"),
    ]
    assert (done.rows, done.accepted, done.rejected) == (17, 4, 13)
    texts = set(models.Voice.objects.values_list("text", flat=True))
    assert {"two\nlines", "=HYPERLINK(1)", ""} < texts
    for row in queries.rejected_rows(done.id):
        assert row.message
        assert "%(" not in row.message


def test_rejected_rows_can_be_downloaded_without_formulas(dress, at):
    done = run(table('1,linen-dress,99,=1+1,"=cmd|x, ""y""",@me,2026-01-05'), at)
    (header, row) = csv.reader(io.StringIO(queries.rejected_csv(done.id)))
    cells = dict(zip(header, row, strict=True))
    assert (cells["line"], cells["code"]) == ("2", "not_stars")
    assert (cells["title"], cells["text"], cells["author_name"]) == ("'=1+1", '\'=cmd|x, "y"', "'@me")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_delimiters_are_made_out(dress, at, encoding, delimiter, end):
    header = ["Identifiant", "Produit", "Note", "Texte", "Étoile inconnue"]
    lines = [header, ["1", "linen-dress", "5/5", "Élégante, légère… et à 50 € !", "x"]]
    data = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + end
    done = run(data.encode(encoding), at)
    assert (done.encoding, done.accepted, done.ignored_columns) == (encoding, 1, ("Étoile inconnue",))
    assert models.Voice.objects.get().text == "Élégante, légère… et à 50 € !"


def test_one_broken_byte_does_not_spoil_a_good_file(dress, at):
    lines = [f"{i},linen-dress,5,,Très élégante et légère {i},Zoé,2026-01-05" for i in range(20)]
    data = table(*lines).encode().replace("légère 7,".encode(), b"l\xe9g\xe8re 7,")
    done = run(data, at)
    assert done.encoding == "utf-8"
    assert reasons(done) == [(9, "unreadable_characters")]
    assert done.accepted == 19


def test_a_quotation_mark_left_open_does_not_swallow_the_file(dress, at, monkeypatch):
    monkeypatch.setattr("parvis.domains.voices.actions.files.lines.MAX_LINES", 10)
    lines = [f"{i},linen-dress,5,,Fine and light {i},Zoé,2026-01-05" for i in range(30)]
    lines[4] = '4,linen-dress,5,,"never closed,Zoé,2026-01-05'
    done = run(table(*lines), at)
    assert reasons(done) == [(6, "oversized_row")]
    assert (done.rows, done.accepted) == (30, 29)


def test_an_endless_line_is_skipped(dress, at, monkeypatch):
    monkeypatch.setattr("parvis.domains.voices.actions.files.lines.MAX_RECORD", 1000)
    done = run(table(GOOD, "2,linen-dress,5,," + "x" * 5000 + ",Z,2026-01-05", GOOD.replace("1,", "3,", 1)), at)
    assert reasons(done) == [(3, "oversized_row")]
    assert (done.rows, done.accepted) == (3, 2)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb.csv", b"0" * 10_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive(), "compressed_file"),
        (gzip.compress(b"a,b\n" * 1000, mtime=0), "compressed_file"),
        (b"", "empty_file"),
        (b" \n\n ", "empty_file"),
        (b"PAR1garbage", "bad_file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", "unknown_format"),
        (b"<html></html>", "unknown_format"),
        (b"[{}]", "columns_missing"),
        (b"[1, 2", "columns_missing"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a><review>&b;</review></a>', "unsafe_xml"),
        (b"<feed><review><rating>5</rating>", "unknown_format"),
        (b"\0\1\2\3" * 100, "unknown_format"),
        (b"hello world, this is no table", "columns_missing"),
        (b"text,stars\nfine,5\n", "columns_missing"),
        (b"product,author\nlinen-dress,Emma\n", "columns_missing"),
    ],
)
def test_what_is_no_table_of_voices_is_refused_as_a_whole(dress, at, data, code):
    done = run(data, at, name="../../etc/pass\0wd.csv")
    assert (done.state, done.error_code, done.rows) == (ImportState.FAILED, code, 0)
    assert done.error
    assert "%(" not in done.error
    assert done.file_name == "passwd.csv"


def test_json_lines(dress, at):
    lines = [
        json.dumps({"id": 7, "product": "linen-dress", "rating": 5.0, "text": "Light 🌞", "verified": True}),
        "",
        "{broken",
        "[1]",
        "[" * 100_000,
        json.dumps({"id": 8, "product": "linen-dress", "rating": "4", "text": "\x00"}),
        json.dumps({"id": 9, "product": "linen-dress", "rating": "4", "text": "\ud800"}),
        json.dumps({"id": 10, "product": "linen-dress", "rating": float("nan"), "text": "x"}),
        json.dumps({"id": 11, "product": {"a": 1}, "rating": 3, "text": "x"}),
    ]
    done = run("\n".join(lines), at, name="reviews.jsonl")
    assert done.format == "jsonl"
    assert reasons(done) == [
        (3, "not_json"),
        (4, "not_json"),
        (5, "not_json"),
        (6, "control_characters"),
        (7, "unreadable_characters"),
        (8, "not_stars"),
        (9, "missing_product"),
    ]
    voice = models.Voice.objects.get()
    assert (voice.stars, voice.text, voice.verified, voice.origin_ref) == (5, "Light 🌞", True, ":7")


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def test_parquet(dress, at):
    from datetime import date

    frame = pl.DataFrame(
        {
            "review_id": [1, 2, 3],
            "product": ["linen-dress", "linen-dress", None],
            "rating": [5, 11, 4],
            "review_text": ["Light and soft", "Eleven", "No product"],
            "date": [date(2026, 1, 5)] * 3,
            "tags": [["a"], ["b"], []],
        }
    )
    done = run(parquet(frame), at, name="reviews.parquet")
    assert (done.format, done.accepted, done.ignored_columns) == ("parquet", 1, ("tags",))
    assert reasons(done) == [(2, "not_stars"), (3, "missing_product")]
    assert models.Voice.objects.get().submitted_at.date() == date(2026, 1, 5)


def test_a_parquet_bomb_does_not_explode(dress, at):
    giant = pa.DictionaryArray.from_arrays(pa.array([0] * 3000, pa.int32()), pa.array(["x" * 3_000_000]))
    table = pa.table({"product": ["linen-dress"] * 3000, "rating": [5] * 3000, "text": giant})
    out = io.BytesIO()
    pq.write_table(table, out)
    data = out.getvalue()
    assert len(data) < 5_000_000  # and 9 GB when unpacked
    done = run(data, at, name="bomb.parquet")
    assert (done.rows, done.rejected) == (3000, 3000)
    assert {row.code for row in queries.rejected_rows(done.id)} == {"too_long"}


def test_rows_without_id_are_known_by_their_content(dress, at):
    data = table(GOOD, GOOD, header="nothing,product,stars,title,text,author,date")
    assert (run(data, at).duplicates, run(data, at).duplicates) == (1, 2)
    assert models.Voice.objects.count() == 1


def test_ids_of_different_sources_do_not_meet(dress, at):
    assert run(table(GOOD), at, source="trusty").accepted == 1
    assert run(table(GOOD), at, source="other").accepted == 1
    assert run(table(GOOD), at, source="other").duplicates == 1


def test_a_killed_import_goes_on_where_it_stood(dress, at, monkeypatch):
    lines = [f"{i},linen-dress,{5 if i % 10 else 9},,Fine and light {i},Zoé,2026-01-05" for i in range(50)]
    monkeypatch.setattr("parvis.domains.voices.actions.importing.BATCH", 20)
    calls = []

    def stop_after_two(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(table(*lines), at, progress=stop_after_two)
    (half,) = queries.import_runs()
    assert (half.state, half.rows, half.accepted, half.rejected) == (ImportState.RUNNING, 40, 36, 4)
    # what a killed process wrote beyond its last commit is not kept
    with queries.rejected_path(half.id).open("ab") as file:
        file.write(b'{"line": 1, "half')
    done = actions.continue_import(run_id=half.id, at=at)
    assert (done.state, done.rows, done.accepted, done.rejected, done.duplicates) == (ImportState.DONE, 50, 45, 5, 0)
    assert [line for line, _ in reasons(done)] == [2, 12, 22, 32, 42]
    assert actions.continue_import(run_id=half.id, at=at) == done


def test_statements_do_not_grow_with_the_rows(dress, at, django_assert_max_num_queries):
    lines = [f"{i},linen-dress,5,,Fine and light {i},Zoé,2026-01-05" for i in range(800)]
    with django_assert_max_num_queries(24):
        assert run(table(*lines), at).accepted == 800


def test_the_guide_names_every_column():
    """docs/import.md explains each column that an import understands."""
    from pathlib import Path

    guide = (Path(__file__).parents[5] / "docs" / "import.md").read_text()
    for column in COLUMNS:
        assert f"`{column}`" in guide


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=2000),
        st.text(max_size=1000).map(lambda text: text.encode("utf-8", "replace")),
        st.lists(st.lists(st.text(max_size=20), max_size=8), max_size=10).map(
            lambda lines: (
                b"id,product,stars,title,text,author,date\n"
                + "\n".join(",".join(line) for line in lines).encode("utf-8", "replace")
            )
        ),
        st.lists(
            st.dictionaries(
                st.sampled_from(["id", "product", "stars", "text"]),
                st.one_of(st.none(), st.text(max_size=10), st.integers(), st.floats(), st.just("linen-dress")),
            ),
            max_size=8,
        ).map(
            lambda lines: (
                b'{"product":"linen-dress","stars":5}\n' + "\n".join(json.dumps(line) for line in lines).encode()
            )
        ),
    )
)
def test_no_file_raises_and_every_row_is_accounted_for(dress, at, data):
    done = run(data, at)
    assert done.rows == done.accepted + done.rejected + done.duplicates
    assert done.state in (ImportState.DONE, ImportState.FAILED)
    assert len(list(queries.rejected_rows(done.id))) == done.rejected
    assert (done.state is ImportState.FAILED) == bool(done.error)


def test_limits_are_sane():
    assert base.MAX_RECORD > 5_000_000
