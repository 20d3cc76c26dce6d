"""parvis batch: the algorithms of parvis.science on files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parvis.core.errors import ParvisError
from parvis.interfaces.cli import show

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(
    help="Run the algorithms of parvis.science on CSV, JSONL or Parquet files. No database is needed.",
    no_args_is_help=True,
)
In = Annotated[Path, typer.Option("--in", help="CSV, JSONL or Parquet.", exists=True, dir_okay=False)]
Out = Annotated[Path, typer.Option("--out", help="CSV, JSONL or Parquet, by its ending.", dir_okay=False)]
CHUNK = 20_000


class UnknownFormat(ParvisError):
    """``file`` has an ending we do not read."""

    code = "unknown_format"
    template = "%(file)s: the name must end in .csv, .jsonl or .parquet."


def load(file: Path) -> "pl.DataFrame":
    """A file as a frame, by its ending."""
    import polars as pl

    if file.suffix == ".csv":
        return pl.read_csv(file)
    if file.suffix == ".jsonl":
        return pl.read_ndjson(file)
    if file.suffix == ".parquet":
        return pl.read_parquet(file)
    raise UnknownFormat(file=file)


def save(frame: "pl.DataFrame", file: Path) -> None:
    """A frame to a file, whole or not at all. Nested columns become JSON text in CSV."""
    import polars as pl

    partial = file.with_name(file.name + ".part")
    if file.suffix == ".csv":
        nested = [name for name, dtype in frame.schema.items() if isinstance(dtype, (pl.List, pl.Struct))]
        texts = [pl.Series(name, [_json(value) for value in frame[name].to_list()]) for name in nested]
        frame.with_columns(texts).write_csv(partial)
    elif file.suffix == ".jsonl":
        frame.write_ndjson(partial)
    elif file.suffix == ".parquet":
        frame.write_parquet(partial)
    else:
        raise UnknownFormat(file=file)
    partial.replace(file)


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


@app.command()
def read(source: In, target: Out, as_json: show.AsJson = False) -> None:
    """Language, sentiment, stars, toxicity, spam, aspects, attributes, intents, interest and personal data of texts.

    Needs the columns id and text; uses title, rating, language and kind (of product) where they are.
    """
    import polars as pl

    from parvis.science import text

    voices = load(source)
    parts = []
    with show.progress("Reading") as advance:
        for start in range(0, voices.height, CHUNK):
            parts.append(text.read(voices.slice(start, CHUNK)))
            advance(min(start + CHUNK, voices.height), voices.height)
    save(pl.concat(parts) if parts else text.read(voices), target)
    show.result(
        {"rows": voices.height, "out": str(target)}, as_json=as_json, text=f"{voices.height} texts read: {target}"
    )


@app.command("rank-reviews")
def rank_reviews(source: In, target: Out, as_json: show.AsJson = False) -> None:
    """The most useful reviews first, with reasons. Needs id, product and text; votes and photos help."""
    from parvis.science import text

    ranked = text.rank_reviews(load(source))
    save(ranked, target)
    show.result({"rows": ranked.height, "out": str(target)}, as_json=as_json, text=f"{ranked.height} ranked: {target}")


@app.command()
def classify(
    source: In,
    target: Out,
    examples: Annotated[Path, typer.Option(help="Labelled examples: columns text and label.", exists=True)],
    as_json: show.AsJson = False,
) -> None:
    """Label texts from examples; abstains where it is not sure. Needs the columns id and text."""
    from parvis.science import text

    labelled = text.classify(load(source), load(examples))
    save(labelled, target)
    show.result(
        {"rows": labelled.height, "out": str(target)}, as_json=as_json, text=f"{labelled.height} labelled: {target}"
    )


@app.command()
def search(
    passages: Annotated[Path, typer.Option(help="Columns id and text, optional group and language.", exists=True)],
    source: In,
    target: Out,
    k: Annotated[int, typer.Option(min=1, max=100, help="Passages for each question.")] = 5,
    as_json: show.AsJson = False,
) -> None:
    """The passages that answer questions, with quotes. --in holds the questions: columns id and text."""
    from parvis.science import retrieval

    found = retrieval.Index.build(load(passages)).search(load(source), k=k)
    save(found, target)
    show.result({"rows": found.height, "out": str(target)}, as_json=as_json, text=f"{found.height} passages: {target}")
