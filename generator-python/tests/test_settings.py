"""Tests that wrong settings are refused, and that the error has a line for each of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rondo_generator.settings import BadSettings, read_settings


def test_an_address_that_others_can_reach_needs_a_secret() -> None:
    with pytest.raises(BadSettings, match="RONDO_GENERATOR_SECRET"):
        read_settings({"GENERATOR_HOST": "0.0.0.0"})
    assert read_settings({"GENERATOR_HOST": "0.0.0.0", "RONDO_GENERATOR_SECRET": "x"}).secret == "x"
    assert read_settings({"GENERATOR_HOST": "localhost"}).slots == 4


def test_all_wrong_settings_are_reported_together() -> None:
    with pytest.raises(BadSettings) as caught:
        read_settings({"GENERATOR_PORT": "many", "GENERATOR_SLOTS": "0"})
    assert str(caught.value).count("\n") == 1


def test_a_process_with_wrong_settings_exits_with_code_78() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "rondo_generator"],
        env={"GENERATOR_ENGINE": "none", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.returncode == 78
    assert run.stderr == 'GENERATOR_ENGINE: "none" is not an engine. Use synth or musicgen.\n'
