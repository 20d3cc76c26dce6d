"""Filters on attributes as SQL: the same exact and sortable terms as in the embedded index."""

import math
from typing import Any

from parvis.science.retrieval import filters
from parvis.science.retrieval.errors import BadFilter


def conditions(where: filters.Where | None) -> tuple[list[str], list[Any]]:
    """SQL conditions, all of which must hold, and their values. Raises ``BadFilter`` on values of other kinds."""
    met: list[str] = []
    values: list[Any] = []
    for column, wanted in (where or {}).items():
        if isinstance(wanted, tuple):
            if len(wanted) != 2:
                raise BadFilter(column=column, reason="a range has two ends")
            met.append("EXISTS (SELECT 1 FROM unnest(facts) AS fact WHERE fact BETWEEN %s AND %s)")
            values += [_end(column, wanted[0], -math.inf), _end(column, wanted[1], math.inf)]
            continue
        several = list(wanted) if isinstance(wanted, list | set | frozenset) else [wanted]
        terms = [filters.term(column, value) for value in several]
        if None in terms:
            raise BadFilter(column=column, reason="only texts, numbers, booleans and dates can be compared")
        met.append("facts && %s::text[]")
        values.append(terms)
    return met, values


def _end(column: str, bound: Any, open_end: float) -> str:
    made = filters.term(column, open_end if bound is None else bound)
    if made is None or isinstance(bound, bool | str):
        raise BadFilter(column=column, reason="a range needs numbers, dates or None at its ends")
    return made
