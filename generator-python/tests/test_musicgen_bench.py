"""Tests that the benchmark needs only PyTorch and transformers: it runs although the packages in OTHERS are missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench" / "musicgen_gpu.py"
OTHERS = ("fastapi", "lameenc", "pymongo", "soundfile", "soxr", "uvicorn")
START = f"""
import runpy, sys
sys.modules.update(dict.fromkeys({OTHERS!r}))
sys.argv = ["musicgen_gpu.py", "--shape", "tiny", "--device", "cpu", "--slots", "2", "--seconds", "1"]
runpy.run_path({str(BENCH)!r}, run_name="__main__")
"""


def test_the_benchmark_runs_with_pytorch_and_transformers_alone_and_prints_its_table() -> None:
    run = subprocess.run(
        [sys.executable, "-c", START],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for name in (
        "a step with 1 slots",
        "a step with 2 slots",
        "listeners in real time",
        "first sound, alone",
        "first sound, the last of 2 at once",
        "sound in a second, stock generate",
    ):
        assert f"| {name}" in run.stdout
