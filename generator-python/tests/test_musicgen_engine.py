"""Tests the engine "musicgen", mostly over HTTP: eight listeners at a time, full slots, versions, and bad requests."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any

import httpx
import numpy as np
import pytest

from rondo_generator.contract import GenerateRequest
from rondo_generator.engines.finishing import Finishing
from rondo_generator.engines.musicgen import Musicgen, seconds_until_slot, text_of
from rondo_generator.engines.musicgen_settings import MusicgenSettings
from rondo_generator.musicgen.piece import Windows
from rondo_generator.musicgen.warm_up import StepRate, slots_in_real_time

from .conftest import Serve, request_of, until
from .musicgen_parts import tiny_studio, tiny_weights
from .test_body import frames_of

WINDOWS = Windows(frames=150, repeated=60)


def engine_of(*, slots: int = 8, channels: int = 1, **settings: Any) -> Musicgen:
    facts = {"prompt_tokens": 64, "speed_least": 0.0} | settings
    engine = Musicgen(
        tiny_weights(channels=channels), MusicgenSettings(**facts), slots=slots, windows=WINDOWS
    )
    until("the engine is warm", lambda: engine.status().is_ready, 60)
    return engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Musicgen]:
    made = engine_of()
    yield made
    made.close()


def test_if_the_warm_up_fails_the_reason_is_logged_and_the_process_is_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> list[StepRate]:
        raise RuntimeError("CUDA out of memory")

    ended = Event()
    monkeypatch.setattr("rondo_generator.engines.musicgen.measure_step_rates", fail)
    monkeypatch.setattr("rondo_generator.end_process.end_process", ended.set)
    settings = MusicgenSettings(prompt_tokens=64, speed_least=0.0)
    engine = Musicgen(tiny_weights(), settings, slots=2, windows=WINDOWS)
    engine.close()
    assert ended.is_set()
    assert "CUDA out of memory" in caplog.text


class Kept:
    """Wraps an engine that several servers use one after another. `close` does nothing, so the engine stays open."""

    def __init__(self, engine: Musicgen) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def close(self) -> None:
        pass


@pytest.fixture
def url(serve: Serve, engine: Musicgen) -> str:
    return serve(Kept(engine), slots=8, queue=8)


def post(url: str, **changes: Any) -> httpx.Response:
    return httpx.post(f"{url}/generate", json=request_of(**changes), timeout=60, trust_env=False)


def samples_of(answer: httpx.Response) -> np.ndarray[Any, np.dtype[np.float32]]:
    assert answer.status_code == 200
    return np.frombuffer(answer.content, dtype="<f4").reshape(-1, 2)


FLOATS = {"accept": "audio/pcm"}


def raw(url: str, **changes: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    answer = httpx.post(
        f"{url}/generate", json=request_of(**changes), headers=FLOATS, timeout=60, trust_env=False
    )
    return samples_of(answer)


def test_each_of_eight_concurrent_listeners_hears_their_own_complete_piece(url: str) -> None:
    def ask(number: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        return raw(
            url, requestId=f"together-{number}", prompt=f"piece {number}", seed=number, durationSeconds=4
        )

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, range(8)))
    assert all(sound.shape == (4 * 44_100, 2) for sound in together)
    for number in (0, 7):
        alone = raw(
            url, requestId=f"alone-{number}", prompt=f"piece {number}", seed=number, durationSeconds=4
        )
        assert np.abs(alone - together[number]).max() <= 1e-5
    assert np.abs(together[0] - together[7]).max() > 0.01


def test_an_mp3_of_several_windows_has_complete_frames_and_the_requested_length(url: str) -> None:
    answer = post(url, requestId="mp3", durationSeconds=7.5)
    seconds = frames_of(answer.content) * 1152 / 44_100
    assert 7.5 <= seconds < 7.6


def test_health_and_capabilities_contain_the_step_rate_the_slots_and_the_licence(url: str) -> None:
    health = httpx.get(f"{url}/health", trust_env=False).json()
    assert (health["status"], health["slots"], health["free"]) == ("ready", 8, 8)
    assert health["stepsPerSecond"] > 0
    facts = httpx.get(f"{url}/capabilities", trust_env=False).json()
    assert facts["slots"] == 8
    assert facts["stepsPerSecond"] == health["stepsPerSecond"]
    assert "not for commercial use" in facts["licence"]
    assert "ACE-Step" in facts["licence"]
    assert (facts["versions"], facts["extend"], facts["deterministic"]) == (True, True, False)


def test_a_synthesizer_has_no_step_rate(serve: Serve, client: httpx.Client) -> None:
    assert "stepsPerSecond" not in client.get(f"{serve()}/health").json()


def test_while_the_engine_starts_a_request_is_refused_with_the_seconds_to_wait(
    serve: Serve, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = Event()
    measured = [StepRate(1, 400.0)]
    monkeypatch.setattr(
        "rondo_generator.engines.musicgen.measure_step_rates", lambda *_: go.wait(60) and measured
    )
    starting = Musicgen(tiny_weights(), MusicgenSettings(prompt_tokens=64), slots=1, windows=WINDOWS)
    url = serve(starting, slots=1)
    health = client.get(f"{url}/health").json()
    assert (health["status"], health["free"]) == ("starting", 0)
    answer = client.post(f"{url}/generate", json=request_of())
    assert (answer.status_code, answer.json()["code"]) == (503, "STARTING")
    assert int(answer.headers["retry-after"]) >= 1
    go.set()
    until("it is ready", lambda: client.get(f"{url}/health").json()["status"] == "ready")
    assert client.post(f"{url}/generate", json=request_of(durationSeconds=1)).status_code == 200


def test_a_request_waits_if_the_slots_are_full_and_is_refused_if_the_queue_is_full(
    serve: Serve, client: httpx.Client
) -> None:
    url = serve(engine_of(slots=1), slots=4, queue=1)
    answers: list[httpx.Response] = []
    with httpx.stream(
        "POST", f"{url}/generate", json=request_of(durationSeconds=600), trust_env=False, timeout=60
    ) as first:
        next(first.iter_bytes())
        second = threading.Thread(target=lambda: answers.append(post(url, requestId="r2", durationSeconds=1)))
        second.start()
        until("the second one waits", lambda: client.get(f"{url}/health").json()["queued"] == 1)
        health = client.get(f"{url}/health").json()
        assert (health["status"], health["slots"], health["free"]) == ("busy", 1, 0)
        assert health["etaSeconds"] > 1
        third = client.post(f"{url}/generate", json=request_of(requestId="r3"))
        assert (third.status_code, third.json()["code"]) == (503, "BUSY")
        assert int(third.headers["retry-after"]) >= 1
        client.delete(f"{url}/generate/r1")
    second.join()
    assert answers[0].status_code == 200


def test_the_number_of_slots_is_the_largest_that_the_device_plays_in_real_time() -> None:
    rates = [StepRate(1, 200), StepRate(2, 150), StepRate(4, 100), StepRate(8, 40)]
    # 50 steps a second leave 20 ms for a step. A step takes 10 ms with 4 slots and 25 ms with 8. By interpolation, a
    # step takes 20 ms with 6.7 slots.
    assert slots_in_real_time(rates, 50) == 6
    assert slots_in_real_time(rates, 100) == 4
    assert slots_in_real_time(rates, 10) == 8
    assert slots_in_real_time(rates, 300) == 1


def test_the_estimated_wait_is_the_time_until_earlier_pieces_free_a_slot() -> None:
    studio = tiny_studio(slots=2)
    running = [studio.piece(100), studio.piece(300)]
    studio.advance(3)
    assert seconds_until_slot(studio.scheduler, 2, 10) == 10
    assert seconds_until_slot(studio.scheduler, 3, 10) == 0
    studio.piece(50)
    assert seconds_until_slot(studio.scheduler, 2, 10) == 15
    for piece in running:
        piece.stop.set()


def test_a_version_continues_its_parent_but_not_the_parent_of_another_business(url: str) -> None:
    parent = raw(url, requestId="p", rowId="parent", durationSeconds=3)
    wish = {"rowId": "parent", "instruction": "extend by 3 s"}
    child = raw(url, requestId="c", rowId="child", durationSeconds=6, parent=wish)
    assert len(child) == 6 * 44_100
    # The last second of the parent fades out, so it is not compared.
    same = int(1.9 * 44_100)
    assert np.abs(child[:same] - parent[:same]).max() <= 1e-4
    assert np.abs(child[3 * 44_100 : 4 * 44_100]).max() > 0.01
    foreign = post(url, requestId="f", businessId="other", durationSeconds=6, parent=wish)
    assert (foreign.status_code, foreign.json()["code"]) == (422, "INVALID_PARAMETER")
    assert "not known here" in foreign.json()["message"]
    short = post(url, requestId="s", durationSeconds=3, parent=wish)
    assert short.status_code == 422
    assert "longer than its parent" in short.json()["message"]


class SoundServer(ThreadingHTTPServer):
    def __init__(self, content: bytes, status: int = 200) -> None:
        self.content, self.status, self.reads = content, status, 0
        super().__init__(("127.0.0.1", 0), SoundHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/sound"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class SoundHandler(BaseHTTPRequestHandler):
    server: SoundServer

    def do_GET(self) -> None:
        self.server.reads += 1
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_: Any) -> None:
        pass


def test_a_parent_from_another_generator_is_read_once_for_two_versions(url: str, serve: Serve) -> None:
    mp3 = post(url, requestId="far", durationSeconds=4).content
    server = SoundServer(mp3)
    wish = {"rowId": "elsewhere", "instruction": "longer please", "audioUrl": server.url}
    for number in range(2):
        child = raw(url, requestId=f"e{number}", durationSeconds=6, parent=wish)
        assert len(child) == 6 * 44_100
    assert server.reads == 1
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [(b"no sound", 200, "in no format"), (b"", 404, "answered 404"), (None, 200, "too short")],
)
def test_a_version_whose_parent_audio_can_not_be_used_fails_with_a_reason(
    url: str, content: bytes | None, status: int, reason: str
) -> None:
    server = SoundServer(silent_wav(1) if content is None else content, status)
    wish = {"rowId": f"bad-{reason}", "instruction": "extend", "audioUrl": server.url}
    wish["rowId"] = wish["rowId"].replace(" ", "-")
    answer = post(url, requestId=f"bad-{status}-{len(server.content)}", durationSeconds=6, parent=wish)
    assert answer.status_code == 500
    assert reason in answer.json()["message"]
    server.shutdown()
    server.server_close()


def silent_wav(seconds: float) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(32_000)
        file.writeframes(b"\0\0" * int(32_000 * seconds))
    return buffer.getvalue()


def test_a_change_without_an_extension_needs_no_parent_sound(url: str) -> None:
    wish = {"rowId": "unknown", "instruction": "slower, with less bass"}
    assert len(raw(url, requestId="change", durationSeconds=1, parent=wish)) == 44_100


@pytest.mark.parametrize(
    ("changes", "status", "place"),
    [
        ({"prompt": "a" * 10_000}, 400, "/prompt"),
        ({"durationSeconds": 0.5}, 422, "0.5"),
        ({"durationSeconds": 601}, 422, "601"),
        ({"options": {"lyrics": "la"}}, 422, "sing"),
        ({"options": {"instrumental": False}}, 422, "sing"),
    ],
)
def test_a_bad_request_is_refused_with_a_reason(
    url: str, changes: dict[str, Any], status: int, place: str
) -> None:
    answer = post(url, **changes)
    assert answer.status_code == status
    assert place in answer.json()["message"]


def test_a_prompt_that_is_too_long_for_the_model_is_cut(url: str) -> None:
    assert len(raw(url, requestId="long", prompt="雨の夜 calm " * 150, durationSeconds=1)) == 44_100


def test_a_listener_who_stops_reading_does_not_delay_others(url: str, client: httpx.Client) -> None:
    with httpx.stream(
        "POST", f"{url}/generate", json=request_of(requestId="idle", durationSeconds=60), trust_env=False
    ) as idle:
        assert idle.status_code == 200
        assert len(raw(url, requestId="busy", durationSeconds=2)) == 2 * 44_100
        client.delete(f"{url}/generate/idle")


def test_a_cancellation_frees_the_slot_within_a_second(url: str, client: httpx.Client) -> None:
    with httpx.stream(
        "POST", f"{url}/generate", json=request_of(requestId="gone", durationSeconds=600), trust_env=False
    ) as answer:
        next(answer.iter_bytes())
        client.delete(f"{url}/generate/gone")
        until("the slot is free", lambda: client.get(f"{url}/health").json()["free"] == 8, 1)


def test_a_stereo_model_gives_two_different_channels(serve: Serve) -> None:
    url = serve(engine_of(slots=1, channels=2), slots=1)
    sound = raw(url, durationSeconds=1.5)
    assert len(sound) == int(1.5 * 44_100)
    assert np.abs(sound[:, 0] - sound[:, 1]).max() > 0.01


def test_the_text_for_the_model_contains_the_prompt_the_instruction_and_the_options() -> None:
    request = GenerateRequest.model_validate(
        request_of(
            parent={"rowId": "v0", "instruction": "with rain"},
            options={"tempo": 90, "key": "A minor", "style": "lofi"},
        )
    )
    assert text_of(request) == "house with strings, with rain, lofi, 90 bpm, A minor"


def test_the_end_is_faded_and_the_length_is_exact() -> None:
    finishing = Finishing(rate=32_000, channels=1, samples=88_200)
    tone = np.full((32_000, 1), 0.5, dtype=np.float32)
    parts = [finishing.feed(tone) for _ in range(3)] + [finishing.end()]
    sound = np.concatenate(parts)
    assert sound.shape == (88_200, 2)
    assert abs(sound[40_000, 0] - 0.5) < 0.01
    assert 0.2 < sound[-22_050 // 2, 0] < 0.3
    assert abs(sound[-1, 0]) < 0.001
    short = Finishing(rate=32_000, channels=1, samples=88_200)
    assert len(np.concatenate([short.feed(tone), short.end()])) == 88_200
