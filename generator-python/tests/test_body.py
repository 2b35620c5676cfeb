"""Tests the streamed body of POST /generate, refused requests, cancellations, failures and GET /capabilities."""

from __future__ import annotations

import io
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import numpy as np
import pytest

from rondo_generator.encoding import frame_bytes
from rondo_generator.generations import Generations

from .conftest import Serve, request_of, until
from .engines import Scripted


def frames_of(mp3: bytes) -> int:
    at = frames = 0
    while at < len(mp3):
        at += frame_bytes(mp3[at : at + 4])
        frames += 1
    assert at == len(mp3)
    return frames


def test_the_body_has_whole_mp3_frames_and_the_requested_length(serve: Serve, client: httpx.Client) -> None:
    answer = client.post(f"{serve()}/generate", json=request_of())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["x-title"] == "house with strings"
    assert answer.headers["x-duration-seconds"] == "3"
    seconds = frames_of(answer.content) * 1152 / 44_100
    # LAME adds a delay and fills the last frame, so the MP3 is a little longer than the piece.
    assert 3 <= seconds < 3.1


def test_the_first_chunk_is_sent_before_the_rest_is_made(serve: Serve, client: httpx.Client) -> None:
    go = Event()
    with client.stream("POST", f"{serve(Scripted(go=go))}/generate", json=request_of()) as answer:
        parts = answer.iter_bytes()
        assert len(next(parts)) > 0
        go.set()
        rest = b"".join(parts)
    assert len(rest) > 0


def test_the_synthesizer_sends_its_first_chunk_within_half_a_second(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve()
    client.post(f"{url}/generate", json=request_of(requestId="warm"))
    began = time.monotonic()
    with client.stream("POST", f"{url}/generate", json=request_of(durationSeconds=120)) as answer:
        next(answer.iter_bytes())
        took = time.monotonic() - began
    client.delete(f"{url}/generate/r1")
    # The goal is 50 ms. The limit is higher, because other tests use the machine at the same time.
    assert took < 0.5


@pytest.mark.parametrize(
    ("accept", "content_type", "bytes_each"),
    [
        ("audio/L16", "audio/L16;rate=44100;channels=2", 4),
        ("audio/pcm", "audio/pcm;rate=44100;channels=2;encoding=f32le", 8),
    ],
)
def test_raw_samples_have_the_exact_length(
    serve: Serve, client: httpx.Client, accept: str, content_type: str, bytes_each: int
) -> None:
    answer = client.post(f"{serve()}/generate", json=request_of(), headers={"accept": accept})
    assert answer.headers["content-type"].replace("; ", ";") == content_type
    assert len(answer.content) == 3 * 44_100 * bytes_each


def test_a_wav_has_its_length_in_its_header(serve: Serve, client: httpx.Client) -> None:
    answer = client.post(f"{serve()}/generate", json=request_of(), headers={"accept": "audio/wav"})
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (3 * 44_100, 44_100, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    assert 2_000 < np.abs(samples).max() <= 32_767


def test_the_same_request_id_returns_the_same_generation(serve: Serve, client: httpx.Client) -> None:
    engine = Scripted()
    url = serve(engine)
    first = client.post(f"{url}/generate", json=request_of())
    again = client.post(f"{url}/generate", json=request_of())
    assert again.content == first.content
    assert engine.started == 1


def test_a_request_id_that_another_request_has_used_is_refused(serve: Serve, client: httpx.Client) -> None:
    url = serve()
    client.post(f"{url}/generate", json=request_of())
    answer = client.post(f"{url}/generate", json=request_of(prompt="another one"))
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")


def test_the_same_prompt_and_seed_give_the_same_bytes_and_another_seed_gives_other_bytes(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve()

    def made(request_id: str, seed: int) -> bytes:
        return client.post(f"{url}/generate", json=request_of(requestId=request_id, seed=seed)).content

    assert made("a", 7) == made("b", 7)
    assert made("c", 8) != made("d", 7)


def test_a_cancellation_breaks_off_the_body_within_a_second_and_frees_the_slot(
    serve: Serve, client: httpx.Client
) -> None:
    go = Event()
    url = serve(Scripted(go=go))
    with client.stream("POST", f"{url}/generate", json=request_of()) as answer:
        parts = answer.iter_bytes()
        next(parts)
        began = time.monotonic()
        assert httpx.delete(f"{url}/generate/r1", trust_env=False).status_code == 204
        with pytest.raises(httpx.RemoteProtocolError):
            list(parts)
        assert time.monotonic() - began < 1
    until("its slot is free", lambda: client.get(f"{url}/health").json()["free"] == 2)
    assert client.delete(f"{url}/generate/r1").status_code == 204
    assert client.delete(f"{url}/generate/unknown").status_code == 204


def test_a_failure_before_the_first_chunk_is_an_error_and_a_later_failure_breaks_off_the_body(
    serve: Serve, client: httpx.Client
) -> None:
    at_once = client.post(f"{serve(Scripted(blocks=0, fails=True))}/generate", json=request_of())
    assert (at_once.status_code, at_once.json()["code"]) == (500, "GENERATION_FAILED")
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(f"{serve(Scripted(blocks=3, fails=True))}/generate", json=request_of())


def test_the_body_breaks_off_if_the_engine_makes_too_little_audio(serve: Serve, client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(f"{serve(Scripted(blocks=3))}/generate", json=request_of())


def test_a_request_is_refused_with_the_seconds_to_wait_if_slots_and_queue_are_full(
    serve: Serve, client: httpx.Client
) -> None:
    go = Event()
    url = serve(Scripted(go=go), slots=1, queue=0)
    with client.stream("POST", f"{url}/generate", json=request_of()) as answer:
        next(answer.iter_bytes())
        health = client.get(f"{url}/health").json()
        assert (health["status"], health["slots"], health["free"]) == ("busy", 1, 0)
        assert health["etaSeconds"] > 0
        busy = client.post(f"{url}/generate", json=request_of(requestId="r2"))
        assert (busy.status_code, busy.json()["code"]) == (503, "BUSY")
        assert int(busy.headers["retry-after"]) >= 1
        client.delete(f"{url}/generate/r1")


def test_the_wait_in_the_queue_is_not_counted_as_a_part_of_the_duration_of_a_piece(
    serve: Serve, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[float] = []
    monkeypatch.setattr(Generations, "_learn", lambda _, seconds: learned.append(seconds))
    go = Event()
    engine = Scripted(go=go)
    url = serve(engine, slots=1, queue=1)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(client.post, f"{url}/generate", json=request_of())
        until("the first piece has begun", lambda: engine.started == 1)
        second = threads.submit(client.post, f"{url}/generate", json=request_of(requestId="r2"))
        until("the second piece waits", lambda: client.get(f"{url}/health").json()["queued"] == 1)
        time.sleep(1)
        go.set()
        assert [first.result().status_code, second.result().status_code] == [200, 200]
    until("both durations are known", lambda: len(learned) == 2)
    assert learned[1] < learned[0] - 0.5


def test_only_complete_pieces_change_the_estimated_duration_of_a_piece(
    serve: Serve, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[float] = []
    monkeypatch.setattr(Generations, "_learn", lambda _, seconds: learned.append(seconds))
    go = Event()
    engine = Scripted(go=go)
    url = serve(engine, slots=1, queue=2)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(client.post, f"{url}/generate", json=request_of())
        until("the first piece has begun", lambda: engine.started == 1)
        waiting = [
            threads.submit(client.post, f"{url}/generate", json=request_of(requestId=name))
            for name in ("r2", "r3")
        ]
        until("two pieces wait", lambda: client.get(f"{url}/health").json()["queued"] == 2)
        client.delete(f"{url}/generate/r2")
        client.delete(f"{url}/generate/r1")
        until("the third piece has begun", lambda: engine.started == 2)
        go.set()
        assert waiting[1].result().status_code == 200
        assert waiting[0].result().status_code == 500
        with pytest.raises(httpx.RemoteProtocolError):
            first.result()
    failing = client.post(f"{serve(Scripted(blocks=0, fails=True))}/generate", json=request_of())
    assert failing.status_code == 500
    until("the duration of the complete piece is known", lambda: len(learned) > 0)
    assert len(learned) == 1


def test_a_past_deadline_is_refused_and_a_near_deadline_breaks_off_the_body(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve(Scripted(go=Event()))
    past = client.post(f"{url}/generate", json=request_of(deadline="2020-01-01T00:00:00Z"))
    assert (past.status_code, past.json()["code"]) == (400, "INVALID_PARAMETER")
    soon = time.time() + 0.5
    deadline = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(soon)) + f".{int(soon % 1 * 1000):03d}Z"
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(f"{url}/generate", json=request_of(deadline=deadline))


@pytest.mark.parametrize(
    ("changes", "status", "place"),
    [
        ({"prompt": ""}, 400, "/prompt"),
        ({"requestId": "../x"}, 400, "/requestId"),
        ({"seed": -1}, 400, "/seed"),
        ({"durationSeconds": "long"}, 400, "/durationSeconds"),
        ({"options": {"mood": "sad"}}, 400, "/options/mood"),
        ({"options": {"lyrics": "la la"}}, 422, "sing"),
        ({"durationSeconds": 601}, 422, "601"),
        ({"delivery": {"stream": {"url": "file:///etc/passwd", "token": "t"}}}, 400, "/delivery/stream/url"),
        ({"delivery": {"mongodb": {"database": "rondo_a", "stream": "s"}}}, 422, "MongoDB"),
    ],
)
def test_a_bad_request_is_refused_and_the_message_contains_the_wrong_field_or_the_reason(
    serve: Serve, client: httpx.Client, changes: dict[str, Any], status: int, place: str
) -> None:
    answer = client.post(f"{serve()}/generate", json=request_of(**changes))
    assert answer.status_code == status
    problem = answer.json()
    assert set(problem) == {"code", "message", "hint"}
    assert problem["code"] == "INVALID_PARAMETER"
    assert place in problem["message"]


def test_a_malformed_body_a_large_body_an_unknown_path_and_a_wrong_method_are_refused(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve()
    assert client.post(f"{url}/generate", content=b"{").status_code == 400
    assert client.post(f"{url}/generate", content=b" " * 300_000).status_code == 413
    assert client.get(f"{url}/nothing").status_code == 404
    assert client.get(f"{url}/generate").status_code == 405


def test_capabilities_contain_the_licence_and_the_abilities(serve: Serve, client: httpx.Client) -> None:
    facts = client.get(f"{serve()}/capabilities").json()
    assert facts["name"] == "synth"
    assert facts["delivery"] == ["body", "stream", "mongodb"]
    assert facts["deterministic"] is True
    assert "audio/mpeg" in facts["contentTypes"]
    assert "MIT" in facts["licence"]
