"""Streamable HTTP: one POST a message, answered as JSON, or as a stream where something is told on the way."""

import queue
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import orjson
import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from parvis.core.errors import ParvisError
from parvis.interfaces.agents.mcp.protocol import headers, messages
from parvis.interfaces.agents.mcp.protocol.dispatch import dispatch, finished, told
from parvis.interfaces.agents.mcp.protocol.messages import Malformed, Message, RpcError
from parvis.interfaces.agents.mcp.protocol.server import Ask, Call, Json, Say, Server, Steps

log = structlog.get_logger("parvis.mcp")
MAX_BODY = 256 * 1024
_WAIT_SECONDS = 20.0


class Mailbox:
    """Answers of clients to requests of ours, for a server that asks (within one process)."""

    def __init__(self) -> None:
        self._waiting: dict[str, queue.Queue[Json]] = {}

    def open(self) -> str:
        key = secrets.token_urlsafe(16)
        self._waiting[key] = queue.Queue(maxsize=1)
        return key

    def deliver(self, key: Any, answer: Json) -> bool:
        waiting = self._waiting.get(key) if isinstance(key, str) else None
        if waiting is None:
            return False
        with suppress(queue.Full):
            waiting.put_nowait(answer)
        return True

    def wait(self, key: str) -> Json | None:
        try:
            return self._waiting[key].get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            return None
        finally:
            del self._waiting[key]


class Transport:
    """One server at one address. ``gate`` is entered for each request that can be read: it says who calls, may refuse,
    and learns of failures."""

    def __init__(
        self,
        server: Server,
        *,
        hosts: Sequence[str],
        origins: Sequence[str] = (),
        gate: Callable[[HttpRequest, Message], AbstractContextManager[Any]] = lambda _request, _message: nullcontext(),
        mailbox: Mailbox | None = None,
    ) -> None:
        self.server = server
        self.hosts = list(hosts)
        self.origins = tuple(origins)
        self.gate = gate
        self.mailbox = mailbox

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The response to whatever was sent."""
        message: Message | None = None
        try:
            headers.from_here(request, hosts=self.hosts, origins=self.origins)
            if request.method != "POST":
                refused = HttpResponse(status=405, content_type="text/plain")
                refused["Allow"] = "POST"
                return refused
            message = self._message(request)
            return self._answered(request, message)
        except Malformed as error:
            return _json(error.body(error.identity), 400)
        except RpcError as error:
            return _refused(error, message.id if message is not None else None)
        except ParvisError as error:
            return _refused(expected(error), message.id if message is not None else None)
        except Exception:  # whatever failed, the client is told in its own terms
            log.exception("mcp failed", method=message.method[:60] if message is not None else "")
            return _refused(_our_failure(), message.id if message is not None else None)

    def _message(self, request: HttpRequest) -> Message:
        if request.content_type != "application/json":
            raise RpcError(messages.INVALID_REQUEST, "Send application/json.", status=415)
        accepted = request.headers.get("Accept", "*/*")
        if not any(kind in accepted for kind in ("application/json", "text/event-stream", "*/*", "application/*")):
            raise RpcError(messages.INVALID_REQUEST, "Accept application/json and text/event-stream.", status=406)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > MAX_BODY:
            raise RpcError(messages.INVALID_REQUEST, f"At most {MAX_BODY} bytes.", status=413)
        return messages.parse(request.body)

    def _answered(self, request: HttpRequest, message: Message) -> HttpResponseBase:
        if not message.method:
            delivered = self.mailbox is not None and self.mailbox.deliver(message.id, message.params)
            if not delivered:
                raise RpcError(messages.INVALID_REQUEST, "Nobody asked for this answer.", status=400)
            return HttpResponse(status=202)
        if message.id is None:
            return HttpResponse(status=202)
        with self.gate(request, message) as caller:
            call = headers.negotiate(request, message, self.server, caller)
            return self._carried_out(request, call, message)

    def _carried_out(self, request: HttpRequest, call: Call, message: Message) -> HttpResponseBase:
        streamed = "text/event-stream" in request.headers.get("Accept", "")
        listen = self.server.listen
        if call.modern and message.method == "subscriptions/listen" and listen is not None:
            return _stream(_listening(self.server, call, message, listen(call, message.params)))
        outcome = dispatch(self.server, call, message)
        if not isinstance(outcome, dict):
            if streamed:
                return _stream(self._stepping(call, message, outcome))
            outcome = told(_to_the_end(outcome))
        return _json(_result(self.server, call, message, outcome), 200)

    def _stepping(self, call: Call, message: Message, steps: Steps) -> Iterator[bytes]:
        reply: Any = None
        try:
            while True:
                step = steps.send(reply)
                reply = None
                if isinstance(step, Say):
                    if _wanted(call, step):
                        yield _event(step)
                    continue
                mailbox = self._mailbox(call)
                key = mailbox.open()
                yield _asked(key, step)
                reply = mailbox.wait(key)
        except StopIteration as end:
            yield _data(_result(self.server, call, message, told(end.value)))
        except RpcError as error:
            yield _data(error.body(message.id))
        except Exception:  # the stream has begun: whatever failed is told in it
            log.exception("mcp stream failed", method=message.method)
            yield _data(_our_failure().body(message.id))
        finally:
            steps.close()

    def _mailbox(self, call: Call) -> Mailbox:
        if self.mailbox is None or call.modern:
            raise RpcError(messages.INTERNAL_ERROR, "This server does not ask its clients.")
        return self.mailbox


def expected(error: ParvisError) -> RpcError:
    """An expected error of ours, as the protocol tells it."""
    code = messages.INVALID_PARAMS if error.status < 500 else messages.INTERNAL_ERROR
    retry = error.params.get("retry_after")
    return RpcError(
        code,
        str(error),
        data={"code": error.code},
        status=error.status if error.status in (401, 403, 429, 503) else None,
        headers={"Retry-After": str(retry)} if retry is not None else None,
    )


def _our_failure() -> RpcError:
    return RpcError(messages.INTERNAL_ERROR, "Something went wrong on our side.", status=500)


def _result(server: Server, call: Call, message: Message, result: Json) -> Json:
    return {"jsonrpc": "2.0", "id": message.id, "result": finished(server, call, message.method, result)}


def _refused(error: RpcError, identity: messages.Id | None) -> HttpResponse:
    response = _json(error.body(identity), error.status or 200)
    for name, value in error.headers.items():
        response[name] = value
    return response


def _json(body: Json, status: int) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _stream(events: Iterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _data(body: Json) -> bytes:
    return b"event: message\ndata: " + orjson.dumps(body) + b"\n\n"


def _event(said: Say) -> bytes:
    if not said.method:
        return b": still here\n\n"
    return _data({"jsonrpc": "2.0", "method": said.method, "params": dict(said.params)})


def _asked(key: str, asked: Ask) -> bytes:
    return _data({"jsonrpc": "2.0", "id": key, "method": asked.method, "params": dict(asked.params)})


def _wanted(call: Call, said: Say) -> bool:
    """Logs only where they were asked for."""
    return not (said.method == "notifications/message" and call.modern and messages.META_LOG_LEVEL not in call.meta)


def _listening(server: Server, call: Call, message: Message, heard: Iterator[Say]) -> Iterator[bytes]:
    for said in heard:
        tagged = {**said.params, "_meta": {messages.META_SUBSCRIPTION: message.id}}
        yield _event(Say(method=said.method, params=tagged) if said.method else said)
    yield _data(_result(server, call, message, {}))


def _to_the_end(steps: Steps) -> Any:
    """For a client that takes no stream: what is told on the way is left out."""
    try:
        while True:
            if isinstance(next(steps), Ask):
                raise RpcError(messages.INVALID_REQUEST, "This needs a client that accepts text/event-stream.")
    except StopIteration as end:
        return end.value
