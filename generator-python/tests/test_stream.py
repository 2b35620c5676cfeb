"""Tests the delivery to a Durable Stream: each chunk is stored once and in order, even if some appends fail."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event

import httpx

from .conftest import Serve, request_of, until
from .engines import Scripted
from .stream_server import StreamServer
from .test_body import frames_of


def asked(url: str, server: StreamServer, client: httpx.Client) -> None:
    delivery = {"stream": {"url": server.url, "token": "secret"}}
    answer = client.post(f"{url}/generate", json=request_of(delivery=delivery))
    assert (answer.status_code, answer.json()) == (202, {"delivery": "stream"})


def test_the_chunks_are_appended_and_the_stream_is_closed(serve: Serve, client: httpx.Client) -> None:
    url = serve()
    body = client.post(f"{url}/generate", json=request_of(requestId="other")).content
    with StreamServer() as server:
        asked(url, server, client)
        until("the stream is closed", lambda: server.is_closed)
        assert bytes(server.audio) == body
        assert frames_of(bytes(server.audio)) > 100
        assert server.events[-1]["type"] == "progress"
        assert server.events[-1]["generatedMs"] == 3000


def test_each_chunk_is_stored_once_despite_a_lost_response_or_an_unavailable_server(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve()
    body = client.post(f"{url}/generate", json=request_of(requestId="other")).content
    with StreamServer(faults=[503, 0, 429]) as server:
        asked(url, server, client)
        until("the stream is closed", lambda: server.is_closed)
        assert bytes(server.audio) == body


def test_the_client_waits_as_long_as_retry_after_says(serve: Serve, client: httpx.Client) -> None:
    url = serve()
    with StreamServer(faults=[503], retry_after=1) as server:
        asked(url, server, client)
        until("the stream is closed", lambda: server.is_closed)
        assert server.times[1] - server.times[0] >= 1


def test_finished_chunks_are_not_appended_after_the_deadline_or_a_cancellation(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve(Scripted())
    for ends_by_cancel in (False, True):
        with StreamServer(delay=0.2) as server:
            deadline = datetime.now(UTC) + timedelta(seconds=3_600 if ends_by_cancel else 0.5)
            request = request_of(
                requestId=f"r-{ends_by_cancel}",
                deadline=deadline.isoformat(),
                delivery={"stream": {"url": server.url, "token": "secret"}},
            )
            assert client.post(f"{url}/generate", json=request).status_code == 202
            until("an append came", lambda server=server: server.requests > 0)  # type: ignore[misc]
            if ends_by_cancel:
                assert client.delete(f"{url}/generate/r-{ends_by_cancel}").status_code == 204
            else:
                time.sleep(0.6)
            time.sleep(0.3)
            appended = server.requests
            time.sleep(0.6)
            assert server.requests == appended
            assert not server.is_closed


def test_a_repeated_request_appends_each_chunk_once(serve: Serve, client: httpx.Client) -> None:
    engine = Scripted()
    url = serve(engine)
    with StreamServer() as server:
        asked(url, server, client)
        asked(url, server, client)
        until("the stream is closed", lambda: server.is_closed)
        assert engine.started == 1
        assert server.requests == server.next_seq


def test_a_stream_that_accepts_no_more_chunks_stops_the_engine(serve: Serve, client: httpx.Client) -> None:
    for status in (401, 404, 409, 410):
        url = serve(Scripted(go=Event()))
        with StreamServer(faults=[status]) as server:
            asked(url, server, client)
            until("its slot is free", lambda url=url: client.get(f"{url}/health").json()["free"] == 2)  # type: ignore[misc]
            assert server.requests == 1
            assert not server.is_closed


def test_an_incomplete_piece_leaves_the_stream_open_and_sends_the_reason(
    serve: Serve, client: httpx.Client
) -> None:
    with StreamServer() as server:
        asked(serve(Scripted(blocks=2, fails=True)), server, client)
        until(
            "the reason is reported",
            lambda: server.events[-1:] != [] and server.events[-1]["type"] == "failed",
        )
        assert server.events[-1]["reason"] == "The engine failed on this piece."
        assert not server.is_closed


def test_the_reason_of_a_failure_is_stored_despite_lost_responses_or_an_unavailable_server(
    serve: Serve, client: httpx.Client
) -> None:
    # The engine makes two blocks, so one or two progress events are sent before the reason. Each fault affects one
    # attempt to send an event.
    for faults in ([0], [0, 503], [503, 503, 0], [0, 0, 0]):
        with StreamServer(event_faults=list(faults)) as server:
            asked(serve(Scripted(blocks=2, fails=True)), server, client)
            until(
                "the reason is reported",
                lambda server=server: server.events[-1:] != [] and server.events[-1]["type"] == "failed",  # type: ignore[misc]
                seconds=5,
            )
            assert [event["type"] for event in server.events].count("failed") == 1
