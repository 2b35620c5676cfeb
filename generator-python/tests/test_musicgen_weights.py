"""Tests that an unusable model, a lack of memory and wrong settings are reported when the engine is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import T5Config, T5EncoderModel

from rondo_generator.engines import create_engine
from rondo_generator.engines.musicgen_loading import device_of, precision_of
from rondo_generator.engines.musicgen_settings import MusicgenSettings, read_musicgen_settings
from rondo_generator.musicgen.memory import GIB, check_memory, weight_bytes
from rondo_generator.musicgen.model_shape import UnusableModel, model_shape
from rondo_generator.musicgen.slots import slot_bytes
from rondo_generator.musicgen.weights import load_weights
from rondo_generator.settings import BadSettings

from .conftest import settings_of
from .musicgen_parts import tiny_studio
from .tiny_musicgen import tiny_config, tiny_model, tiny_tokenizer

CPU = torch.device("cpu")


def load(source: str) -> None:
    load_weights(source, device=CPU, dtype=torch.float32, slots=1, window_frames=1_500, text_tokens=64)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match="contains no model"):
        load(str(tmp_path))


def test_a_folder_with_another_model_is_refused_with_its_type(tmp_path: Path) -> None:
    T5EncoderModel(T5Config(d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2)).save_pretrained(tmp_path)
    with pytest.raises(UnusableModel, match='a model of the type "t5"'):
        load(str(tmp_path))


def test_a_melody_model_is_refused_with_its_type(tiny_folder: Path, tmp_path: Path) -> None:
    facts = json.loads((tiny_folder / "config.json").read_text()) | {"model_type": "musicgen_melody"}
    (tmp_path / "config.json").write_text(json.dumps(facts))
    with pytest.raises(UnusableModel, match="musicgen_melody"):
        load(str(tmp_path))


def test_a_folder_without_weights_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((tiny_folder / "config.json").read_text())
    with pytest.raises(UnusableModel, match="can't be loaded"):
        load(str(tmp_path))


def test_incomplete_weights_are_refused(tmp_path: Path) -> None:
    weights = tiny_model().state_dict()
    weights = {name: one for name, one in weights.items() if "decoder.lm_heads.2" not in name}
    tiny_model().save_pretrained(tmp_path, state_dict=weights)
    tiny_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(UnusableModel, match=r"no weights for decoder.lm_heads.2.weight"):
        load(str(tmp_path))


def test_a_codec_that_can_not_be_streamed_is_refused() -> None:
    config = tiny_config()
    config.audio_encoder.use_causal_conv = True
    with pytest.raises(UnusableModel, match="can't be streamed"):
        model_shape(config)


def test_the_computed_size_of_a_slot_is_the_memory_that_it_uses() -> None:
    studio = tiny_studio(slots=3)
    slots = studio.loop.slots
    taken = sum(one.nbytes for one in (slots.keys, slots.values, slots.text_keys, slots.text_values))
    each = slot_bytes(slots.shape, window_frames=100, text_tokens=64, bytes_each=4)
    assert taken == 3 * each


def test_the_computed_size_of_the_weights_is_their_size() -> None:
    model = tiny_model()
    assert weight_bytes(model.config, torch.float32) == sum(one.nbytes for one in model.parameters())
    decoder = sum(one.nbytes for one in model.decoder.parameters())
    assert (
        weight_bytes(model.config, torch.float16) == weight_bytes(model.config, torch.float32) - decoder // 2
    )


@pytest.mark.parametrize(
    ("free_bytes", "message"),
    [
        (GIB // 2, "The model doesn't fit: it takes 1.00 GiB, a slot 0.00 GiB, and 0.50 GiB are free on cpu"),
        (GIB + 5_000_000, "16 slots don't fit: .* Set GENERATOR_SLOTS=2."),
        (2 * GIB, None),
    ],
)
def test_a_lack_of_memory_is_reported_with_the_number_of_slots_that_would_fit(
    free_bytes: int, message: str | None
) -> None:
    def check() -> None:
        check_memory(
            tiny_config(),
            slots=16,
            window_frames=1_500,
            text_tokens=512,
            device=CPU,
            dtype=torch.float32,
            free_bytes=free_bytes,
        )

    if message is None:
        check()
        return
    with pytest.raises(UnusableModel, match=message):
        check()


def test_the_engine_is_loaded_from_a_folder_and_a_wrong_folder_is_refused(
    tiny_folder: Path, tmp_path: Path
) -> None:
    settings = settings_of(engine="musicgen", slots=1)
    environment = {"GENERATOR_MUSICGEN_MODEL": str(tiny_folder), "GENERATOR_MUSICGEN_PROMPT_TOKENS": "64"}
    engine = create_engine(settings, environment)
    assert engine.name == "musicgen"
    assert "not for commercial use" in engine.licence
    engine.close()
    with pytest.raises(BadSettings, match="GENERATOR_MUSICGEN_MODEL: .* contains no model"):
        create_engine(settings, {"GENERATOR_MUSICGEN_MODEL": str(tmp_path)})


def test_a_process_with_a_wrong_folder_exits_with_code_78_and_a_sentence(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "rondo_generator"],
        env=os.environ
        | {
            "GENERATOR_ENGINE": "musicgen",
            "GENERATOR_MUSICGEN_MODEL": str(tmp_path),
            "PYTHONPATH": ":".join(sys.path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 78
    assert run.stderr.startswith("GENERATOR_MUSICGEN_MODEL: ")
    assert "contains no model" in run.stderr
    assert "Traceback" not in run.stderr


def test_all_wrong_settings_are_reported_together() -> None:
    with pytest.raises(BadSettings) as caught:
        read_musicgen_settings(
            {
                "GENERATOR_MUSICGEN_DEVICE": "tpu",
                "GENERATOR_MUSICGEN_TOP_K": "many",
                "GENERATOR_MUSICGEN_TEMPERATURE": "0",
            }
        )
    assert str(caught.value).count("\n") == 2
    assert read_musicgen_settings({}) == MusicgenSettings()


def test_the_cpu_is_used_without_a_gpu_unless_the_settings_require_a_gpu() -> None:
    assert device_of(MusicgenSettings(), has_gpu=False) == "cpu"
    assert device_of(MusicgenSettings(), has_gpu=True) == "cuda"
    with pytest.raises(BadSettings, match="finds no GPU"):
        device_of(MusicgenSettings(device="cuda"), has_gpu=False)
    assert precision_of(MusicgenSettings(), "cuda") == "float16"
    assert precision_of(MusicgenSettings(), "cpu") == "float32"
    assert precision_of(MusicgenSettings(precision="bfloat16"), "cpu") == "bfloat16"
