"""Make the packaged vocabulary of schema.org from a release: `python tools/schemaorg_vocabulary.py FOLDER`.

FOLDER is `data/releases/30.0` of the repository schemaorg/schemaorg. What is kept: each type with its parents, each
property with the types it may stand on.
"""

import csv
import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "parvis" / "science" / "visibility" / "vocabulary.json"


def names(listed: str) -> list[str]:
    return [each.strip().rpartition("/")[2] for each in listed.split(",") if "schema.org/" in each]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    folder = Path(sys.argv[1])
    types = {row["label"]: names(row["subTypeOf"]) for row in read(folder / "schemaorg-current-https-types.csv")}
    rows = read(folder / "schemaorg-current-https-properties.csv")
    properties = {row["label"]: names(row["domainIncludes"]) for row in rows}
    made = {
        "source": "schema.org 30.0, github.com/schemaorg/schemaorg, data/releases/30.0; types with their parents and "
        "properties with their domains, nothing else",
        "licence": "CC BY-SA 3.0 (https://schema.org/docs/terms.html)",
        "types": dict(sorted(types.items())),
        "properties": dict(sorted(properties.items())),
    }
    TARGET.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(types)} types, {len(properties)} properties, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
