"""Parquet under limits: read batch by batch, texts as dictionaries, cells cut where they are plainly too long."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from parvis.domains.voices.actions.files.base import (
    MAX_GROUP,
    BadFile,
    DamagedFromHere,
    EmptyFile,
    HeavyGroups,
    Record,
    Source,
    put,
)
from parvis.domains.voices.actions.files.nested import as_cell

_CELL = 20_500  # characters of a cell that are looked at: enough to see that it is too long


def parquet_source(path: Path) -> Source:
    """A Parquet file; nested columns are left out. Raises BadFile, HeavyGroups, EmptyFile."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            heavy = max((metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)), default=0)
            total = metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise BadFile from error
    if heavy > MAX_GROUP:
        raise HeavyGroups
    if not total:
        raise EmptyFile
    nested = [name for name in schema.names if pa.types.is_nested(schema.field(name).type)]
    headers = tuple(name for name in schema.names if name not in nested)
    position = [0]

    def read(columns: Mapping[str, str]) -> Iterator[Record]:
        return _parquet_records(path, {name: columns[name] for name in headers if columns.get(name)}, position)

    return Source(
        format="parquet",
        encoding="",
        headers=headers,
        read=read,
        total=total,
        position=position,
        left_out=tuple(nested),
    )


def _parquet_records(path: Path, wanted: Mapping[str, str], position: "list[int]") -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    # texts stay dictionaries: a giant value said a million times is kept once
    with pq.ParquetFile(path, read_dictionary=list(wanted)) as file:
        batches = file.iter_batches(batch_size=1000, columns=list(wanted))
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                return
            except (pa.ArrowException, OSError):
                yield Record(number + 1, {}, DamagedFromHere(field="row"))
                return
            table = [(column, _strings(batch.column(header))) for header, column in wanted.items()]
            for index in range(batch.num_rows):
                number += 1
                cells: dict[str, str] = {}
                for column, values in table:
                    put(cells, column, values[index])
                yield Record(number, cells)
            position[0] = number


def _strings(column: Any) -> list[str]:
    """A column as texts, cut where it is plain that they are too long."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        values = _strings(column.dictionary)
        return ["" if index is None else values[index] for index in column.indices.to_pylist()]
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [
            "" if value is None else value[:_CELL].decode("utf-8", "surrogateescape") for value in column.to_pylist()
        ]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_slice_codeunits(column, 0, _CELL)
    return [_parquet_cell(value) for value in column.to_pylist()]


def _parquet_cell(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else as_cell(value)
