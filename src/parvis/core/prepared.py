"""Statements that Django writes once and the hot path runs many times.

Django builds the SQL of a query set anew each time it is asked: on the way from the cart to the paid order that was
more work than all the rest. What is here is written the same way, read the same way and means the same; only the
writing of the SQL is done once a process. It belongs where a measurement says so, nowhere else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import Value
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg.sql import Literal

from parvis.core.exchange import Answer, Exchange

M = TypeVar("M", bound=models.Model)
_NAMED = re.compile(r"%\((\w+)\)s")
_PLACE = re.compile("%%|%s")


class Given(Value):
    """In a filter: the value that is given by this name when the statement runs, as the database takes it (numbers,
    text, moments; a list for ``= ANY``)."""

    def __init__(self, name: str) -> None:
        super().__init__(None)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Given":
        return self


if TYPE_CHECKING:
    _Lookup = models.Lookup[Any]
else:
    _Lookup = models.Lookup  # not subscriptable at run time


class Among(_Lookup):
    """``column__among=Given("ids")``: one of the listed numbers or texts, however many."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        kind = "text" if isinstance(self.lhs.output_field, models.CharField) else "bigint"
        return f"{left} = ANY({right}::{kind}[])", [*left_params, *right_params]


models.BigAutoField.register_lookup(Among)
models.BigIntegerField.register_lookup(Among)
models.ForeignKey.register_lookup(Among)
models.CharField.register_lookup(Among)


def _run(here: Any, sql: str, values: Sequence[Any]) -> Answer:
    """The answer to a statement, on the connection's kept exchange; where statements are watched (tests, DEBUG), and
    behind poolers that know of no prepared ones, on a cursor of Django's."""
    here.ensure_connection()
    line = here.connection
    if here.queries_logged or here.execute_wrappers or line.prepare_threshold is None:
        with here.cursor() as cursor:
            cursor.execute(sql, values)
            return Answer(cursor.fetchall() if cursor.description else [], cursor.rowcount)
    here.validate_no_broken_transaction()
    exchange = getattr(line, "parvis_exchange", None)
    if exchange is None:
        exchange = line.parvis_exchange = Exchange(line)
    with here.wrap_database_errors:
        answer: Answer = exchange.run(sql, values)
    return answer


def answer(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> Answer:
    """The answer to a statement that is written by hand, with ``%s`` or ``%(name)s`` for its values."""
    if isinstance(values, Mapping):
        sql, names = _in_order(sql)
        values = [values[name] for name in names]
    return _run(connections[DEFAULT_DB_ALIAS], sql, values)


@cache
def _in_order(sql: str) -> tuple[str, tuple[str, ...]]:
    return _NAMED.sub("%s", sql), tuple(_NAMED.findall(sql))


class Rows:
    """A query set of ``values_list`` whose SQL is written at its first use; see :class:`Select`."""

    def __init__(self, written: "Callable[[], models.QuerySet[Any, Any]]") -> None:
        self._written = written
        self._ready: _Read | None = None

    def rows(self, **given: Any) -> list[Any]:
        """The tuples that the query set gives for these values."""
        ready = self._ready
        if ready is None:
            ready = self._ready = _Read(self._written())
        return ready.rows(given)


class Select(Generic[M]):
    """A query set whose SQL is written at its first use: ``Select(lambda: Order.objects.filter(id=Given("id")))``.

    It gives what the query set gives: model instances, with what is selected along and annotated. Nothing of its SQL
    may depend on the values given: ``__among`` instead of ``__in``, no None.
    """

    def __init__(self, written: "Callable[[], models.QuerySet[M, M]]") -> None:
        self._read = Rows(written)

    def rows(self, **given: Any) -> list[M]:
        """What the query set gives for these values."""
        return self._read.rows(**given)

    def first(self, **given: Any) -> M | None:
        """The first row, or None."""
        return next(iter(self.rows(**given)), None)


class _Read:
    """The written SQL, and how a row of its answer becomes what the query set would give (as Django's ModelIterable
    does it)."""

    def __init__(self, wanted: "models.QuerySet[Any, Any]") -> None:
        compiler = wanted.query.get_compiler(connection=connection)
        self.sql, self.params = _fixed(*compiler.as_sql())
        self.locks = wanted.query.select_for_update
        self.model, self.names, self.start, self.end = wanted.model, [], 0, 0
        self.related: list[Any] = []
        self.annotated = dict(compiler.annotation_col_map or {})
        chosen = [expression for expression, _sql, _alias in compiler.select or []]
        self.converters = list(compiler.get_converters(chosen).items())
        info = compiler.klass_info
        if info is not None and issubclass(wanted._iterable_class, ModelIterable):
            fields = info["select_fields"]
            self.start, self.end = fields[0], fields[-1] + 1
            self.names = [expression.target.attname for expression in chosen[self.start : self.end]]
            populators: Any = get_related_populators  # its stub is of another version of Django
            self.related = populators(info, compiler.select, "default")

    def rows(self, given: dict[str, Any]) -> list[Any]:
        here: Any = connections[DEFAULT_DB_ALIAS]
        if self.locks and here.get_autocommit():
            raise TransactionManagementError("a lock outside of a transaction is none")
        values = [given[each.name] if isinstance(each, Given) else each for each in self.params]
        found: list[Any] = _run(here, self.sql, values).rows
        if self.converters:
            found = [self._converted(row, here) for row in found]
        return [self._made(row) for row in found] if self.names else [tuple(row) for row in found]

    def _converted(self, row: Sequence[Any], here: Any) -> list[Any]:
        values = list(row)
        for position, (steps, expression) in self.converters:
            for step in steps:
                values[position] = step(values[position], expression, here)
        return values

    def _made(self, row: Sequence[Any]) -> models.Model:
        made: models.Model = self.model.from_db("default", self.names, row[self.start : self.end])
        for each in self.related:
            each.populate(row, made)
        for name, position in self.annotated.items():
            setattr(made, name, row[position])
        return made


def _fixed(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Values that never change stand in the statement itself: a partial index serves only where its condition can be
    read there."""
    values, left = iter(params), []

    def written(found: "re.Match[str]") -> str:
        if found.group() == "%%":
            return "%%"
        value = next(values)
        if isinstance(value, (str, int)):
            return str(Literal(value).as_string()).replace("%", "%%")
        left.append(value)
        return "%s"

    return _PLACE.sub(written, sql), left


# -- writing ----------------------------------------------------------------------------------------------------


def insert(*rows: models.Model) -> None:
    """Write new rows of one model in one statement, with the ids the database gives them. No signals."""
    if not rows:
        return
    kept = rows[0].pk is None
    statement = _insertion(type(rows[0]), kept)
    here: Any = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in statement.fields]
    ids = _run(here, statement.sql(len(rows)), values).rows
    for row, (key,) in zip(rows, ids, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, "default"


def insert_new(row: models.Model) -> bool:
    """Write a row unless one with the same unique values is there (or is being written: then wait for it). False:
    nothing was written, and ``row`` has no id."""
    statement = _insertion(type(row), row.pk is None)
    here: Any = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for field in statement.fields]
    made = _run(here, statement.sql(1, " ON CONFLICT DO NOTHING"), values).rows
    if made:
        row.pk = made[0][0]
        row._state.adding, row._state.db = False, "default"
    return bool(made)


class _Insertion:
    def __init__(self, model: type[models.Model], without_key: bool) -> None:
        meta: Any = model._meta
        self.fields = [each for each in meta.concrete_fields if not (without_key and each.primary_key)]
        quote: Any = connection.ops.quote_name
        columns = ", ".join(quote(each.column) for each in self.fields)
        self._head = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names are of our models
        self._row = f"({', '.join(['%s'] * len(self.fields))})"
        self._tail = f" RETURNING {quote(meta.pk.column)}"

    def sql(self, count: int, conflict: str = "") -> str:
        return self._head + ", ".join([self._row] * count) + conflict + self._tail


@cache
def _insertion(model: type[models.Model], without_key: bool) -> _Insertion:
    return _Insertion(model, without_key)


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is locked, as ``row.save(update_fields=names)`` does. No signals.
    Raises DoesNotExist when the row is gone."""
    if not _change(row, names):
        raise type(row).DoesNotExist(f"no row {row.pk}")  # type: ignore[attr-defined]  # made by Django's metaclass


def update_where(row: models.Model, *names: str, column: str, was: Any) -> bool:
    """The same where ``column`` still holds ``was``; whether it did."""
    return _change(row, names, column, was)


def _change(row: models.Model, names: tuple[str, ...], column: str = "", *was: Any) -> bool:
    fields, sql = _updating(type(row), names, column)
    here: Any = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(getattr(row, field.attname), here) for field in fields]
    return bool(_run(here, sql, [*values, row.pk, *was]).rowcount == 1)


@cache
def _updating(model: type[models.Model], names: tuple[str, ...], column: str) -> tuple[list[Any], str]:
    meta: Any = model._meta
    quote: Any = connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    changes = ", ".join(f"{quote(each.column)} = %s" for each in fields)
    where = f"{quote(meta.pk.column)} = %s" + (f" AND {quote(meta.get_field(column).column)} = %s" if column else "")
    return fields, f"UPDATE {quote(meta.db_table)} SET {changes} WHERE {where}"  # noqa: S608 - names are of our models
