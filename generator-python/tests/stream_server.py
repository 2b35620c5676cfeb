"""Defines a small server that accepts appends to a Durable Stream as Rondo does. A test can make it fail."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass
class StreamServer:
    """Accepts, counts and stores appends.

    `faults` is a list of statuses. Each append that has the right token takes the next status from the list. The server
    responds with this status, and does not store the append. The status 0 is an exception: the server stores the
    append, but does not respond. When the list is empty, appends succeed.

    `event_faults` is the same list for events. The token of an event is not checked.
    """

    token: str = "secret"
    faults: list[int] = field(default_factory=list)
    event_faults: list[int] = field(default_factory=list)
    #: The Retry-After of each response with a status of 400 or more, in seconds.
    retry_after: int | None = None
    #: The time for which the server waits before it checks an append, in seconds.
    delay: float = 0.0
    #: The time of each append, in seconds of the monotonic clock.
    times: list[float] = field(default_factory=list)
    audio: bytearray = field(default_factory=bytearray)
    events: list[dict[str, object]] = field(default_factory=list)
    is_closed: bool = False
    next_seq: int = 0
    #: The number of appends, including those that failed. Requests with events don't count.
    requests: int = 0

    def __enter__(self) -> StreamServer:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        threading.Thread(target=self._server.serve_forever).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1/generations/r1/chunks"

    def append_event(self, body: bytes, headers: dict[str, str]) -> int:
        fault = self.event_faults.pop(0) if self.event_faults else None
        if fault:
            return fault
        seq = int(headers["producer-seq"])
        if seq > len(self.events):
            return 409
        if seq == len(self.events):
            self.events.append(json.loads(body))
        return 0 if fault == 0 else 204

    def append(self, body: bytes, headers: dict[str, str]) -> int:
        self.requests += 1
        self.times.append(time.monotonic())
        time.sleep(self.delay)
        if headers.get("authorization") != f"Bearer {self.token}":
            return 401
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            return fault
        seq = int(headers["producer-seq"])
        if headers["producer-epoch"] != "0" or seq > self.next_seq or self.is_closed and seq == self.next_seq:
            return 409
        if seq == self.next_seq:
            self.next_seq += 1
            self.audio += body
            self.is_closed = headers.get("stream-closed") == "true"
        return 0 if fault == 0 else 204


def handler_of(server: StreamServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path.endswith("/events"):
                status = server.append_event(body, headers)
            else:
                status = server.append(body, headers)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            if status >= 400 and server.retry_after is not None:
                self.send_header("retry-after", str(server.retry_after))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
