"""Files as they come: dates in every manner, stars in every manner, headers twice, tables within tables."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Conflict
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import DateOrder, ImportPlan, ImportState
from parvis.domains.voices.rules import admission, dates, plans, rows
from parvis.domains.voices.rules.columns import distinct, match_headers

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order", "read"),
    [
        ("2026-01-05", "day", "2026-01-05T00:00"),
        ("2026-01-05T18:00:00+02:00", "day", "2026-01-05T16:00"),
        ("2026-01-05 18:00:00 UTC", "day", "2026-01-05T18:00"),
        ("2014-10-02T15:01:23.045123456Z", "day", "2014-10-02T15:01"),
        ("2026/01/05 7:05", "day", "2026-01-05T07:05"),
        ("05/01/2026", "day", "2026-01-05T00:00"),
        ("05/01/2026", "month", "2026-05-01T00:00"),
        ("5.1.2026 18:30", "day", "2026-01-05T18:30"),
        ("1/5/2026 6:30 PM", "month", "2026-01-05T18:30"),
        ("1/5/2026, 12:00:00 AM", "month", "2026-01-05T00:00"),
        ("5 janvier 2026", "month", "2026-01-05T00:00"),
        ("1er févr. 2026 à 18h30", "day", "2026-02-01T18:30"),
        ("Jan 5, 2026", "day", "2026-01-05T00:00"),
        ("Mon, 5 Jan 2026 18:30:00 +0100", "day", "2026-01-05T17:30"),
        ("1767571200", "day", "2026-01-05T00:00"),
        ("1767571200000", "day", "2026-01-05T00:00"),
    ],
)
def test_dates_in_the_manners_of_people_and_programs(text, order, read):
    assert dates.parse(text, DateOrder(order)).strftime("%Y-%m-%dT%H:%M") == read


@pytest.mark.parametrize(
    "text",
    [
        "13/13/2026",
        "31/02/2026",
        "05/01/26",
        "yesterday",
        "5 Foo 2026",
        "25:00",
        "1/5/2026 13:00 PM",
        "2026-13-01",
        "٢٠٢٦",
    ],
)
def test_what_is_no_date_is_not_guessed(text):
    with pytest.raises((ValueError, OverflowError)):
        dates.parse(text, DateOrder.DAY)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_dates(text):
    try:
        dates.parse(text, DateOrder.DAY)
    except (ValueError, OverflowError):
        return


def test_the_file_shows_the_order_of_its_dates_or_a_person_is_asked():
    assert dates.survey(["25/04/2025", "03/04/2025"]).order is DateOrder.DAY
    assert dates.survey(["04/25/2025", "03/04/2025"]).order is DateOrder.MONTH
    assert dates.survey(["03/04/2025", "01/02/2025"]).doubtful
    assert dates.survey(["25/04/2025", "04/25/2025"]).doubtful  # of two programs: no order fits all
    for clear in (["2025-03-04"], ["03/03/2025"], [""], ["5 mai 2025"]):
        assert not dates.survey(clear).doubtful


def read(**cells):
    plan = ImportPlan(dates=DateOrder.DAY, source="x")
    return rows.read_row({"product": "linen-dress", "text": "fine", **cells}, plan=plan, at=AT)


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("5", 5),
        ("5/5", 5),
        ("4 / 5", 4),
        ("4,0", 4),
        ("4 sur 5", 4),
        ("4 étoiles", 4),
        ("★★★☆☆", 3),
        ("FIVE", 5),
        ("8/10", 4),
        ("٥", 5),
    ],
)
def test_stars_in_every_manner(text, stars):
    assert read(stars=text).voice.stars == stars


@pytest.mark.parametrize(
    ("text", "code"),
    [("4,5/5", "half_stars"), ("4.4", "half_stars"), ("7/10", "half_stars"), ("0", "not_stars"), ("6", "not_stars"),
     ("80/100", "not_stars"), ("five-ish", "not_stars"), ("★★★★★★", "not_stars"), ("=5", "not_stars")],
)  # fmt: skip
def test_stars_that_are_none_are_not_rounded(text, code):
    with pytest.raises(admission.NotAdmitted) as error:
        read(stars=text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("cells", "refs"),
    [
        ({"product_url": "https://s.example/fr/products/Linen-Dress?variant=3"}, {"Linen-Dress", "linen-dress"}),
        ({"product_url": "https://s.example/robes/12-linen-dress.html"}, {"12-linen-dress"}),
        ({"product_gtin": "0 35417-1023842 5"}, {"354171023842 5".replace(" ", ""), "03541710238425"}),
        ({"product": "gid://shopify/Product/55"}, {"55"}),
        ({"product_handle": "Linen-Dress"}, {"linen-dress"}),
    ],
)
def test_the_ways_in_which_a_product_is_named(cells, refs):
    assert refs <= set(rows.product_refs(cells))


def test_headers_of_the_same_name_are_told_apart():
    assert distinct(["note", "note", "", "note (2)"]) == ("note", "note (3)", "(3)", "note (2)")
    assert match_headers(["Note", "Rating", "E-mail"]) == {"Note": "stars", "E-mail": "author_email"}


def test_a_plan_is_kept_as_it_was():
    plan = ImportPlan(
        layout="yotpo", columns={"A": "text", "B": "stars"}, dates=DateOrder.MONTH, product="x", source="y"
    )
    assert plans.from_json(plans.to_json(plan)) == plan
    assert plans.from_json({"columns": {"A": "no such column"}}).columns == {}
    assert plans.faults(plan) == ()
    assert plans.faults(ImportPlan(columns={"A": "author_name"})) == ("product", "text")


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path


def run(data, at, **more):
    return actions.import_file(stream=io.BytesIO(data), filename="x", actor_id=None, at=at, **more)


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("home")
class TestFiles:
    def test_a_table_from_a_french_spreadsheet(self, dress, at):
        text = '\ufeffsep=;\r\n\r\nProduit;Étoiles;Avis;Date\r\nlinen-dress;5;"Légère ; fluide";05/01/2026\r\n'
        done = run(text.encode("utf-16"), at)
        assert (done.state, done.accepted, done.encoding) == (ImportState.DONE, 1, "utf-16")
        assert models.Voice.objects.get().text == "Légère ; fluide"

    def test_two_columns_of_one_name(self, dress, at):
        done = run(b"product,stars,note,text,text\nlinen-dress,5,ignored,first,second\n", at)
        assert (done.accepted, models.Voice.objects.get().text) == (1, "first")
        assert "text (2)" in done.ignored_columns

    def test_another_table_in_the_middle_is_told_of(self, dress, at):
        lines = [b"product,stars,text", b"linen-dress,5,fine", b"title,body,rating", b"Nice,very soft,4"]
        done = run(b"\n".join(lines), at)
        assert [row.code for row in queries.rejected_rows(done.id)] == ["another_header", "not_stars"]

    def test_a_huge_cell_costs_its_row(self, dress, at):
        done = run(b"product,stars,text\nlinen-dress,5," + b"x" * 3_000_000 + b"\nlinen-dress,5,fine\n", at)
        assert (done.accepted, done.rejected) == (1, 1)

    def test_formulas_stay_the_text_they_are(self, dress, at):
        done = run(b'product,stars,text,author\nlinen-dress,5,"=HYPERLINK(""http://x"")",@SUM(1)\n', at)
        voice = models.Voice.objects.get()
        assert (done.accepted, voice.text, voice.author_name) == (1, '=HYPERLINK("http://x")', "@SUM(1)")

    def test_the_order_of_dates_is_that_of_the_file_or_the_one_given(self, dress, at):
        data = b"id,product,stars,text,date\n1,linen-dress,5,one,03/04/2025\n2,linen-dress,5,two,04/25/2025\n"
        run(data, at)
        assert models.Voice.objects.get(text="one").submitted_at.month == 3
        run(b"id,product,stars,text,date\n3,linen-dress,5,three,03/04/2025\n", at, date_order=DateOrder.MONTH)
        assert models.Voice.objects.get(text="three").submitted_at.month == 3
        run(b"id,product,stars,text,date\n4,linen-dress,5,four,03/04/2025\n", at)
        assert models.Voice.objects.get(text="four").submitted_at.month == 4

    def test_a_trial_says_what_the_import_then_does(self, dress, at):
        run(b"id,product,stars,text\n9,linen-dress,5,known\n", at)
        lines = ["id,product,stars,text,reply,email,verified"]
        lines += ["9,linen-dress,5,known,,,", "1,linen-dress,5,new,thanks,a@b.example,yes"]
        lines += ["1,linen-dress,5,new,thanks,a@b.example,yes", "2,nowhere,5,lost,,,", "3,linen-dress,4.5,half,,,"]
        data = "\n".join(lines).encode()
        before = models.Voice.objects.count()
        draft = actions.store_import(stream=io.BytesIO(data), filename="x.csv", actor_id=None, at=at, draft=True)
        check = actions.check_import(run_id=draft.id, at=at).check
        assert models.Voice.objects.count() == before
        told = (
            check.rows,
            check.accepted,
            check.duplicates,
            check.rejected,
            check.replies,
            check.people,
            check.verified,
        )
        assert told == (5, 1, 2, 2, 1, 1, 1)
        assert (check.reasons, check.unmatched) == ({"unknown_product": 1, "half_stars": 1}, (("nowhere", 1),))
        with pytest.raises(Conflict):
            actions.continue_import(run_id=draft.id, at=at)
        actions.start_import(run_id=draft.id, at=at)
        done = actions.continue_import(run_id=draft.id, at=at)
        assert (done.accepted, done.duplicates, done.rejected, done.replies) == (1, 2, 2, 1)

    def test_a_trial_knows_questions_that_stand_in_the_same_file(self, dress, at):
        data = (
            b"id,kind,parent,product,text\nq1,question,,linen-dress,Is it lined?\na1,answer,q1,,It is not\n"
            b"a2,answer,q9,,Nobody asked\n"
        )
        draft = actions.store_import(stream=io.BytesIO(data), filename="x.csv", actor_id=None, at=at, draft=True)
        check = actions.check_import(run_id=draft.id, at=at).check
        actions.start_import(run_id=draft.id, at=at)
        done = actions.continue_import(run_id=draft.id, at=at)
        assert (check.accepted, check.reasons) == (done.accepted, {"unknown_parent": 1}) == (2, {"unknown_parent": 1})

    def test_a_document_that_breaks_off_gives_what_it_had(self, dress, at):
        whole = b'{"reviews": [{"product": "linen-dress", "rating": 5, "text": "fine"}, {"product": "lin'
        done = run(whole, at)
        assert (done.accepted, done.rejected) == (1, 1)
        assert [row.code for row in queries.rejected_rows(done.id)] == ["damaged_from_here"]

    def test_a_feed_that_breaks_off_gives_what_it_had(self, dress, at):
        feed = "<f>" + "<review><sku>DR-S</sku><rating>5</rating><text>fine</text></review>" + "<review><sku>"
        done = run(feed.encode(), at)
        assert [row.code for row in queries.rejected_rows(done.id)] == ["damaged_from_here"]
        assert done.accepted == 1
