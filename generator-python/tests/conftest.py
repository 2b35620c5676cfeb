"""Defines the fixtures with which a test starts a server on a free port and calls it over HTTP, as Rondo does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from rondo_generator.app import create_app
from rondo_generator.engine import Engine
from rondo_generator.engines.synth import Synth
from rondo_generator.settings import Settings

from .tiny_musicgen import write_tiny_musicgen

Serve = Callable[..., str]


def settings_of(**changes: Any) -> Settings:
    facts: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 0,
        "secret": None,
        "engine": "synth",
        "slots": 2,
        "queue": 2,
        "mongodb_url": None,
    }
    return Settings(**(facts | changes))


def request_of(**changes: Any) -> dict[str, Any]:
    facts = {
        "businessId": "acme",
        "userId": "ada",
        "requestId": "r1",
        "rowId": "v1",
        "prompt": "house with strings",
        "durationSeconds": 3,
        "seed": 7,
    }
    return facts | changes


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Returns serve(engine=…, **settings), which starts a server and returns its address.

    The servers stop after the test.
    """
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(engine: Engine | None = None, **changes: Any) -> str:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        app = create_app(settings_of(**changes), engine or Synth())
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        until("the server is started", lambda: server.started)
        return f"http://127.0.0.1:{port}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


def until(what: str, holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"this did not happen within {seconds} s: {what}")
        time.sleep(0.01)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Creates a tiny mono MusicGen, once for all tests, and returns its folder."""
    return write_tiny_musicgen(tmp_path_factory.mktemp("tiny-musicgen"))


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30, trust_env=False) as one:
        yield one
