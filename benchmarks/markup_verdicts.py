"""Our checker of structured data beside an open reference validator, on documents of others.

    .venv/bin/python benchmarks/markup_verdicts.py [--json] [--peer FOLDER]

Judged: every document of schemaorg_test_cases (valid and invalid ones of three projects) that holds JSON-LD, and every
page without any that holds microdata or RDFa of schema.org; it is faulty when it has at least one error. The data is
found by PARVIS_DATA. The reference's verdicts are kept beside this script; with --peer they are made anew in FOLDER
(needs Node and the release's schemaorg-current-https.jsonld, given by PARVIS_SCHEMAORG).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
DATA = Path(os.environ.get("PARVIS_DATA", ROOT.parent / "shared" / "data"))
KEPT = Path(__file__).parent / "peers" / "markup_verdicts.json"
SCRIPT = re.compile(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def documents() -> dict[str, list[str]]:
    """JSON-LD texts by document."""
    import polars as pl

    found = {}
    for row in pl.read_parquet(DATA / "schemaorg_test_cases.parquet").to_dicts():
        bare = row["path"].endswith((".json", ".jsonld"))
        texts = ([row["content"]] if row["content"] else []) if bare else SCRIPT.findall(row["content"])
        if texts:
            found[f"{row['repo']}/{row['path']}"] = texts
    return found


def pages() -> dict[str, str]:
    """Pages whose data is written into their elements, by document."""
    import polars as pl

    rows = pl.read_parquet(DATA / "schemaorg_test_cases.parquet").to_dicts()
    bare = (row for row in rows if not row["path"].endswith((".json", ".jsonld")))
    return {f"{row['repo']}/{row['path']}": row["content"] for row in bare if not SCRIPT.search(row["content"])}


def peer(folder: Path, texts: dict[str, list[str]], whole: dict[str, str]) -> dict[str, int]:
    """Verdicts of the reference, made now."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}')
    wanted = ["@adobe/structured-data-validator", "@marbec/web-auto-extractor"]
    subprocess.run(["npm", "install", "--silent", *wanted], cwd=folder, check=True)
    shutil.copy(Path(__file__).parent / "peers" / "markup_validator.mjs", folder)
    given = [{"name": name, "texts": held} for name, held in texts.items()]
    given += [{"name": name, "page": page} for name, page in whole.items()]
    (folder / "documents.json").write_text(json.dumps(given))
    told = ["markup_validator.mjs", os.environ["PARVIS_SCHEMAORG"], "documents.json", "verdicts.json"]
    subprocess.run(["node", *told], cwd=folder, check=True)
    return dict(sorted(json.loads((folder / "verdicts.json").read_text()).items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--peer", type=Path, help="make the reference's verdicts anew in this folder")
    chosen = parser.parse_args()
    if not (DATA / "schemaorg_test_cases.parquet").exists():
        raise SystemExit("schemaorg_test_cases.parquet is not there: set PARVIS_DATA")
    from parvis.science.visibility import embedded, markup

    texts, whole = documents(), pages()
    if chosen.peer:
        KEPT.write_text(
            json.dumps(peer(chosen.peer, texts, whole), indent=0, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    reference = json.loads(KEPT.read_text(encoding="utf-8"))
    began = time.perf_counter()
    found = {name: [fault for text in held for fault in markup.check_text(text)] for name, held in texts.items()}
    embed = {name: embedded.nodes(page) for name, page in whole.items()}
    found |= {name: [fault for node in held for fault in markup.check(node)] for name, held in embed.items() if held}
    seconds = time.perf_counter() - began
    mine = {name: sum(fault.severity == "error" for fault in faults) > 0 for name, faults in found.items()}
    judged = [name for name in mine if name in reference]
    differ = [name for name in judged if mine[name] != (reference[name] > 0)]
    faulty = sum(reference[name] > 0 for name in judged)
    print(
        f"{len(judged)} documents ({sum(name in embed for name in judged)} of microdata or RDFa), {faulty} of them"
        f" faulty; judged alike {len(judged) - len(differ)}; {seconds:.2f} s"
    )
    for name in differ:
        print(f"  otherwise: {name}: reference {reference[name]}, ours {mine[name]}")
    if chosen.json:
        alike = (len(judged) - len(differ)) / len(judged)
        print(json.dumps({"name": "markup verdicts alike", "ours": round(alike, 4), "documents": len(judged)}))


if __name__ == "__main__":
    main()
