"""Tests that the generator process logs the reason and ends if the engine can't start."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import threading, time
from rondo_generator import __main__
from rondo_generator.end_process import end_process_on_error
from rondo_generator.engine import EngineStatus
from rondo_generator.engines.synth import Synth

class Failing(Synth):
    def __init__(self):
        self._starting = threading.Thread(target=end_process_on_error, args=(self._start,))
        self._starting.start()

    def _start(self):
        time.sleep({delay})
        raise RuntimeError("CUDA out of memory")

    def status(self):
        return EngineStatus(is_ready=False)

    def close(self):
        self._starting.join()

__main__.create_engine = lambda settings, environment: Failing()
__main__.main()
"""


@pytest.mark.parametrize("delay", [0, 2])
def test_the_process_ends_with_the_reason_if_the_engine_fails_before_or_after_the_server_listens(
    delay: int,
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(delay=delay)],
        env={"GENERATOR_PORT": "0", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == -signal.SIGTERM
    assert "the engine can't start" in run.stderr
    assert "CUDA out of memory" in run.stderr
