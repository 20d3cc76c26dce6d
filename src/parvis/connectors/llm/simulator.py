"""A small server on this machine that answers like an OpenAI-compatible endpoint and like Gemini. It is no language
model: it looks words up. For tests, and to see the feature without sending a word anywhere:

    python -m parvis.connectors.llm.simulator --port 8099

then start Parvis with ``PARVIS_LLM=openai PARVIS_LLM_URL=http://127.0.0.1:8099/v1 PARVIS_LLM_MODEL=simulator
PARVIS_LLM_PRICES=simulator=0.15/0.60``. With ``--judge obedient`` it does what any text tells it to: the worst model
that an attacker could wish for.
"""

import argparse
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as it arrived: ``text`` is the last turn; ``body`` and ``headers`` are the raw request."""

    path: str
    system: str
    text: str
    schema: Mapping[str, Any] | None
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What the next request meets instead of an answer: a status, a wait, odd bytes; ``cut`` ends mid-answer."""

    status: int = 200
    seconds: float = 0.0
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    closed: bool = False


Judge = Callable[[Asked], str]

_WORDS: Mapping[str, re.Pattern[str]] = {
    "insult": re.compile(
        r"\b(idiots?|morons?|scum|stupid (?:cow|woman|man)|connards?|abrutis?|salauds?|débiles?)\b", re.I
    ),
    "advertising": re.compile(r"\b(promo code|follow my|buy now at|code promo|mon instagram|whatsapp|casino)\b", re.I),
    "personal_data": re.compile(r"\b(lives at|habite au|her number is|son numéro est)\b", re.I),
    "unlawful": re.compile(r"\b(kill (?:you|them|him|her)|counterfeits? for sale|contrefaçons? à vendre)\b", re.I),
    "off_topic": re.compile(r"\b(the president|the election|le président|les élections|my landlord)\b", re.I),
    "speaks_to_machine": re.compile(
        r"\b(ignore (?:all|any|your)|ignore[zr]? (?:toutes|tes|vos)|system prompt|as an ai)\b", re.I
    ),
}


def careful(asked: Asked) -> str:
    """Looks words up in the data and quotes what it found: judges, and obeys nothing."""
    data = [line for line in asked.text.split("\n") if line.startswith("{")]
    said = data[0] if data else asked.text
    found = {name: pattern.search(said) for name, pattern in _WORDS.items()}
    passages = [match.group(0) for match in found.values() if match]
    answer = {name: "yes" if match else "no" for name, match in found.items()}
    return _filled(asked, {**answer, "passages": passages, "confidence": 0.9 if passages else 0.95})


def obedient(asked: Asked) -> str:
    """Does what an attacker wants who wants to be published: finds nothing wrong with anything, and is sure."""
    return _filled(asked, {**dict.fromkeys(_WORDS, "no"), "passages": [], "confidence": 1.0})


def hostile(asked: Asked) -> str:
    """Does what an attacker wants who wants others refused: finds everything wrong, and is sure."""
    words = re.findall(r"\w{4,}", asked.text)[-1:]
    return _filled(asked, {**dict.fromkeys(_WORDS, "yes"), "passages": words, "confidence": 1.0})


JUDGES: Mapping[str, Judge] = {"careful": careful, "obedient": obedient, "hostile": hostile}


def _filled(asked: Asked, known: Mapping[str, Any]) -> str:
    """An answer with the properties of the schema: the known ones, and for the others something of their type."""
    if asked.schema is None:
        return "This is the simulator: it looks words up and understands nothing."
    plain = {"string": "Simulated: words were looked up.", "number": 0.5, "integer": 1, "boolean": False, "array": []}
    answer = {}
    for name, form in asked.schema["properties"].items():
        otherwise = form["enum"][0] if "enum" in form else plain.get(form.get("type", "string"), {})
        answer[name] = known.get(name, otherwise)
    return json.dumps(answer, ensure_ascii=False)


class Simulator:
    """A running server: ``with Simulator() as server: server.url``. ``mishaps`` happen to the next requests in turn;
    ``asked`` holds every question."""

    def __init__(self, judge: Judge = careful, *, port: int = 0, host: str = "127.0.0.1", count: bool = True) -> None:
        self.judge, self.count = judge, count
        self.asked: list[Asked] = []
        self.mishaps: deque[Mishap] = deque()
        self._server = ThreadingHTTPServer((host, port), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://{host}:{self.port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def answer(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, Any]:
        """What the server says to a request."""
        asked = _gemini(path, body, headers) if "contents" in body else _openai(path, body, headers)
        self.asked.append(asked)
        text = self.judge(asked)
        sent, got = len(asked.system + asked.text) // 4, len(text) // 4 + 1
        if "contents" in body:
            used = {"promptTokenCount": sent, "candidatesTokenCount": got}
            said = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
            return {"candidates": [said], **({"usageMetadata": used} if self.count else {})}
        counted = {"prompt_tokens": sent, "completion_tokens": got, "total_tokens": sent + got}
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return {"object": "chat.completion", "choices": [choice], **({"usage": counted} if self.count else {})}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                mishap = simulator.mishaps.popleft() if simulator.mishaps else Mishap()
                time.sleep(mishap.seconds)
                if mishap.closed:
                    self.close_connection = True
                    return
                if body.get("stream") and mishap.status == 200 and mishap.raw is None:
                    self._stream(simulator.answer(self.path, body, dict(self.headers)), cut=mishap.cut)
                    return
                data = mishap.raw
                if data is None:
                    data = json.dumps(simulator.answer(self.path, body, dict(self.headers))).encode()
                self.send_response(mishap.status)
                for name, value in {"Content-Type": "application/json", **mishap.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if mishap.cut else data)
                if mishap.cut:
                    self.close_connection = True

            def _stream(self, answer: Mapping[str, Any], *, cut: bool) -> None:
                """The answer word by word, as server-sent events; ``cut``: it breaks off in the middle."""
                words = answer["choices"][0]["message"]["content"].split(" ")
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                for number, word in enumerate(words[: len(words) // 2] if cut else words):
                    delta = {"choices": [{"delta": {"content": f" {word}" if number else word}}]}
                    self.wfile.write(f"data: {json.dumps(delta)}\n\n".encode())
                    self.wfile.flush()
                self.wfile.write(b"data: {broken\n\n" if cut else b"data: [DONE]\n\n")

            def log_message(self, *_: Any) -> None:
                """Nothing: questions hold what people wrote."""

        return Handler


def _openai(path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
    turns = body["messages"]
    form = body.get("response_format", {}).get("json_schema", {}).get("schema")
    return Asked(
        path=path,
        system="\n".join(turn["content"] for turn in turns if turn["role"] == "system"),
        text=turns[-1]["content"],
        schema=form,
        body=body,
        headers=headers,
    )


def _gemini(path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
    return Asked(
        path=path,
        system=body["systemInstruction"]["parts"][0]["text"],
        text=body["contents"][-1]["parts"][0]["text"],
        schema=body["generationConfig"].get("responseSchema"),
        body=body,
        headers=headers,
    )


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A simulated language model on this machine, for trying and testing.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--judge", choices=sorted(JUDGES), default="careful")
    chosen = parser.parse_args()
    server = Simulator(JUDGES[chosen.judge], port=chosen.port)
    print(f"Simulated language model at {server.url} (Gemini: /v1beta); end with Ctrl-C", flush=True)  # noqa: T201 - a program of its own
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
