"""The assistant on questions written by hand, beside two plain ways to answer: BM25, and a multilingual encoder.

    .venv/bin/python benchmarks/assistant.py [--split report] [--json] [--pool FILE]

Reads the demo shop: run `make demo` once before, in the same folder. Asks every question of
`data/questions/assistant.jsonl` as a shopper would, in a conversation of its own that is deleted afterwards, and gives
the same questions about the same product to SQLite's BM25 and to e5 (five reviews each, always). Judged is what was
shown: whether a review (ours: the quoted words) answers the question. `--pool` writes what has not been judged yet.

The model that writes sentences is a local one that cheats on purpose, in known ways: so it is known which sentences
the quotes support.
"""

import argparse
import hashlib
import json
import os
import re
import sqlite3
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "data" / "questions" / "assistant.jsonl"
BENCH = ROOT / "var" / "bench" / "assistant"
SHOWN = 5
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
# What an answer of each kind may end as.
ENDS = {
    "people": {"answered", "thin"}, "products": {"answered", "thin"}, "compare": {"answered"}, "shop": {"answered"},
    "nobody": {"unsaid", "refused"}, "refuse": {"refused"}, "direct": {"directed", "refused"}, "person": {"directed"},
    "greet": {"greeted"},
}  # fmt: skip


def questions(split: str) -> list[dict[str, Any]]:
    """The judged questions of a half."""
    rows = (json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["split"] == split]


def products() -> dict[str, int]:
    """Product ids by the names that the questions use."""
    from parvis.domains.catalog import queries as catalog

    keyed = json.loads((ROOT / "data" / "skincare" / "products.json").read_text(encoding="utf-8"))
    slugs = {each["slug"]: f"skincare:{each['key']}" for each in keyed}
    found, offset = {}, 0
    while items := catalog.search(limit=200, offset=offset, locale="en").items:
        offset += len(items)
        for item in items:
            number = item.slug.rsplit("-", 1)[-1]
            found[slugs.get(item.slug, f"clothing:{number}")] = item.id
    return found


def pool_of(product_id: int) -> list[Any]:
    """Every public review of a product, and what owners answered."""
    from parvis.domains.evidence import queries as evidence
    from parvis.domains.voices import queries as voices

    said = [proof.voice for proof in evidence.shown_for(product_id, balanced=False, limit=1000).proofs]
    asked = voices.questions_for(product_id, locale="fr", limit=50)
    return [*said, *(answer for thread in asked for answer in thread.answers)]


class Bm25:
    """SQLite's full text search, any word of the question."""

    def __init__(self, pool: Sequence[Any]) -> None:
        self.table = sqlite3.connect(":memory:")
        self.table.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='unicode61 remove_diacritics 2')")
        rows = [(number, f"{voice.title} {voice.text}") for number, voice in enumerate(pool)]
        self.table.executemany("INSERT INTO t (rowid, body) VALUES (?, ?)", rows)

    def __call__(self, question: str) -> list[int]:
        words = re.findall(r"\w+", question)
        wanted = " OR ".join(f'"{word}"' for word in words)
        if not wanted:
            return []
        found = self.table.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?", (wanted, SHOWN))
        return [row[0] for row in found]


class Dense:
    """The bundled multilingual e5, cosine of raw vectors, no gate."""

    def __init__(self, pool: Sequence[Any]) -> None:
        from parvis.science.retrieval.encoder import Encoder

        self.encoder = ENCODER.setdefault("one", Encoder())
        texts = [f"{voice.title} {voice.text}" for voice in pool]
        kept = BENCH / f"{hashlib.sha256(chr(0).join(texts).encode()).hexdigest()[:24]}.npy"
        if not kept.exists():  # a minute for a thousand reviews
            BENCH.mkdir(parents=True, exist_ok=True)
            np.save(kept, self.encoder.raw(texts, questions=False))
        self.rows = _unit(np.load(kept))
        self.rows[[not voice.text.strip() for voice in pool]] = 0.0  # stars alone answer nothing

    def __call__(self, question: str) -> list[int]:
        asked = _unit(self.encoder.raw([question], questions=True))[0]
        return [int(each) for each in np.argsort(-(self.rows @ asked))[:SHOWN]]


ENCODER: dict[str, Any] = {}
CPU: list[float] = []  # of our own process, which other work on the machine does not lengthen


def _unit(rows: Any) -> Any:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def ours(row: dict[str, Any], product_id: int | None) -> tuple[Any, float]:
    """The turn, and how long it took (milliseconds). Nothing of it stays."""
    from django.db import transaction

    from parvis.core.clock import now
    from parvis.domains.assistant import actions
    from parvis.domains.assistant.contracts import Surface

    with transaction.atomic():
        token = actions.begin(locale=row["locale"], surface=Surface.PAGE, at=now(), product_id=product_id)
        start, busy = time.perf_counter(), time.process_time()
        turn = actions.ask(
            token=token, key=str(uuid.uuid4()), question=row["question"], locale=row["locale"], at=now(),
            product_id=product_id,
        )  # fmt: skip
        took = 1000 * (time.perf_counter() - start)
        CPU.append(1000 * (time.process_time() - busy))
        written = _written(actions, token, turn)
        transaction.set_rollback(True)
    return (turn, written), took


class Cheat:
    """A model that writes what the passages say, and beside it what they do not. ``truth`` tells which is which."""

    name = "cheat"

    def __init__(self) -> None:
        self.truth: dict[tuple[str, str], str] = {}

    def stream(self, *, messages: Sequence[Any], **_: Any) -> Iterator[str]:
        asked = json.loads(messages[-1].text)
        passages = [(each["n"], _one_sentence(each["text"])) for each in asked["passages"]][:3]
        french = bool(re.search(r"[éèàùç]|\b(?:est|elle|il|ça)\b", asked["question"]))
        first, said = passages[0]
        other = passages[-1][0] if len(passages) > 1 else None
        lines = [("said", f"{said} [{first}]")]
        if other is not None:
            lines.append(("wrong passage", f"{said}, encore. [{other}]" if french else f"{said}, again. [{other}]"))
        lines += [
            ("number", f"{said} après 42 jours. [{first}]" if french else f"{said} after 42 days. [{first}]"),
            ("denied", f"Personne ne dit : {said}. [{first}]" if french else f"Nobody says that {said}. [{first}]"),
            ("promise", f"Vous serez remboursée et ravie, c’est garanti. [{first}]" if french
             else f"You will get your money back and love it, guaranteed. [{first}]"),
            ("free", f"Ce produit est gratuit aujourd’hui. [{first}]" if french
             else f"This product is free today. [{first}]"),
            ("uncited", "Les clientes en sont toutes contentes." if french else "All customers are happy with it."),
            ("link", f"{said} https://sale.example [{first}]"),
            ("no such passage", f"{said} [9]"),
        ]  # fmt: skip
        for kind, line in lines:
            self.truth[_bare(line), _cited(line)] = kind
            yield f"{line.rstrip('.')}. " if not line.endswith("]") else f"{line}. "

    def complete(self, **_: Any) -> Any:
        raise AssertionError("it streams")


def _one_sentence(text: str) -> str:
    flat = re.sub(r"[.!?…]+", ",", " ".join(text.split())).strip(" ,")
    return flat[:160].rsplit(" ", 1)[0] if len(flat) > 160 else flat


def _cited(line: str) -> str:
    found = re.search(r"\[([\d, ]+)\]", line)
    return found[1].replace(" ", "") if found else ""


def _bare(line: str) -> str:
    return re.sub(r"\W+", " ", re.sub(r"\[[\d, ]+\]", " ", line)).strip().lower()


def _written(actions: Any, token: str, turn: Any) -> list[str]:
    """What of the cheat's sentences is shown, by what they are."""
    from parvis.core.clock import now
    from parvis.core.language_model import bind_language_model

    if not turn.writable:
        return []
    model = Cheat()
    bind_language_model(model)  # type: ignore[arg-type]  # it has what is used of a model
    try:
        shown = list(actions.write(token=token, number=turn.number, at=now()))
    finally:
        bind_language_model(None)
    for each in model.truth.values():
        WROTE[each] += 1
    return [model.truth.get((_bare(each.text), ",".join(map(str, each.cites))), "unknown") for each in shown]


WROTE: Counter[str] = Counter()


def ref(voice: Any) -> str:
    """What a voice is called in the judgements: the row of the published file, or of ours."""
    return str(voice.origin_ref).removeprefix("womens-clothing-reviews:")


def share(values: Sequence[bool]) -> dict[str, Any]:
    """A share with its 95 % interval."""
    from parvis.science.intervals import wilson

    if not values:
        return {"share": None, "of": 0}
    found = wilson(sum(values), len(values))
    return {"share": round(found.value, 3), "low": round(found.low, 3), "high": round(found.high, 3), "of": len(values)}


def run(split: str) -> dict[str, Any]:
    """Ask everything, and count."""
    from parvis.domains.voices import queries as voices

    ids = products()
    rows = questions(split)
    pools = {key: pool_of(ids[key]) for key in {row["about"] for row in rows if row["about"]}}
    started = time.perf_counter()
    peers = {key: {"bm25": Bm25(pool), "e5": Dense(pool)} for key, pool in pools.items()}
    encoding = time.perf_counter() - started
    ours({"locale": "en", "question": "is it soft?"}, next(iter(ids.values())))  # models are loaded once
    told: dict[str, Any] = {"rows": [], "took": {"ours": [], "bm25": [], "e5": []}, "encoding": encoding}
    for row in rows:
        product_id = ids[row["about"]] if row["about"] else None
        (turn, written), took = ours(row, product_id)
        told["took"]["ours"].append(took)
        known = voices.voices([each.voice_id for each in turn.passages if each.voice_id])
        shown = [(ref(known[each.voice_id]), each.quote) for each in turn.passages if each.voice_id in known]
        documents = [each.quote for each in turn.passages if each.document]
        found = {"ours": shown}
        for name, peer in peers.get(row["about"], {}).items():
            start = time.perf_counter()
            places = peer(row["question"])
            told["took"][name].append(1000 * (time.perf_counter() - start))
            found[name] = [(ref(pools[row["about"]][place]), pools[row["about"]][place].text) for place in places]
        told["rows"].append({"row": row, "turn": turn, "shown": found, "documents": documents, "written": written})
    return told


def measured(told: dict[str, Any]) -> dict[str, Any]:
    """The figures."""
    rows = told["rows"]
    figures: dict[str, Any] = {
        "questions": len(rows),
        "intent": share([each["turn"].intent.value in each["row"]["intents"] for each in rows]),
    }
    answerable = [each for each in rows if each["row"]["want"] in ("people", "products", "compare", "shop")]
    figures["answered when answerable"] = share([_well(each) for each in answerable])
    nobody = [each for each in rows if each["row"]["want"] == "nobody"]
    figures["refused when nobody has said"] = share([_well(each) for each in nobody])
    others = [each for each in rows if each["row"]["want"] in ("refuse", "direct", "person", "greet")]
    figures["other ends as they should"] = share([_well(each) for each in others])
    judged = [each for each in rows if each["row"]["want"] == "people" and "relevant" in each["row"]]
    for name in ("ours", "bm25", "e5"):
        figures[f"passages that answer, {name}"] = share([ok for each in judged for ok in _relevant(each, name)])
        figures[f"questions with an answer shown, {name}"] = share([any(_relevant(each, name)) for each in judged])
        figures[f"shown to unanswerable questions, {name}"] = _noise(nobody, name)
        took = sorted(told["took"][name])
        figures[f"ms, {name}"] = {
            "p50": round(statistics.median(took), 1),
            "p95": round(took[int(0.95 * len(took))], 1),
        }
    busy = sorted(CPU[1:])
    figures["ms of CPU, ours"] = {
        "p50": round(statistics.median(busy), 1),
        "p95": round(busy[int(0.95 * len(busy))], 1),
    }
    figures["unjudged"] = sum(
        shown not in {*each["row"]["judged"]} for each in judged for shown, _ in each["shown"]["ours"]
    )
    kinds = Counter(kind for each in rows for kind in each["written"])
    figures["sentences shown that are supported"] = share(
        [True] * kinds["said"] + [False] * (kinds.total() - kinds["said"])
    )
    figures["supported sentences shown"] = share([True] * kinds["said"] + [False] * (WROTE["said"] - kinds["said"]))
    figures["sentences"] = {kind: f"{kinds[kind]} of {count} shown" for kind, count in sorted(WROTE.items())}
    return figures


def _well(each: dict[str, Any]) -> bool:
    return each["turn"].outcome.value in ENDS[each["row"]["want"]]


def _relevant(each: dict[str, Any], name: str) -> list[bool]:
    """Of what was shown, whether it answers. A quote of ours that leaves out the answer of its review does not; a fact
    of the product sheet is judged by the question's own mark."""
    right, beside = set(each["row"]["relevant"]), set(each["row"].get("beside", ()))
    found = [shown in right and not (name == "ours" and words[:60] in beside) for shown, words in each["shown"][name]]
    if name == "ours":
        found += [bool(each["row"].get("sheet"))] * len(each["documents"])
    return found


def _noise(rows: Sequence[dict[str, Any]], name: str) -> float:
    """Passages shown a question that nobody has answered."""
    asked = [each for each in rows if each["row"]["about"]]
    shown = sum(len(each["shown"][name]) + (len(each["documents"]) if name == "ours" else 0) for each in asked)
    return round(shown / max(1, len(asked)), 2)


def write_pool(told: dict[str, Any], path: Path) -> None:
    """What has not been judged, for whoever judges: each review once, with what ours quotes of it."""
    lines = []
    for each in told["rows"]:
        if each["row"]["want"] != "people" or not each["row"]["about"]:
            continue
        lines.append(f"## {each['row']['id']} {each['row']['about']} {each['row']['question']}")
        quoted = dict(each["shown"]["ours"])
        texts = {key: text for name in ("bm25", "e5") for key, text in each["shown"][name]}
        judged = each["row"].get("judged", ())
        lines += [
            f"{key} | {'«' + quoted[key] + '»' if key in quoted else ''} | {texts.get(key, '')}"
            for key in dict.fromkeys([*quoted, *texts])
            if key not in judged
        ]
        lines += [f"sheet | «{quote}» |" for quote in each["documents"]]
    path.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--split", choices=("tune", "report"), default="report")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pool", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
    from parvis.interfaces.cli import show

    show.start_django()
    told = run(given.split)
    if given.pool:
        write_pool(told, given.pool)
        return
    figures = measured(told)
    if given.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        print(f"{name:45} {value}")


if __name__ == "__main__":
    main()
