"""Loads the engine "musicgen". If a package, a GPU, the model or memory is missing, the error says so in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine import Engine
from ..settings import BadSettings
from .musicgen_settings import MusicgenSettings, read_musicgen_settings


def load_musicgen(environment: Mapping[str, str], *, slots: int) -> Engine:
    """Loads the model and returns an engine that makes at most `slots` pieces at the same time.

    The engine then warms up in its own thread, and refuses requests until it is ready. If the machine is too slow for
    so many pieces, the engine uses fewer slots. Raises BadSettings if a setting is wrong, if a package or the GPU is
    missing, if the model can't be used, or if the model doesn't fit in the free memory.
    """
    settings = read_musicgen_settings(environment)
    try:
        import torch
        from transformers.utils import logging as transformers_log

        from ..musicgen.model_shape import UnusableModel
        from ..musicgen.piece import Windows
        from ..musicgen.weights import load_weights
        from .musicgen import Musicgen
    except ModuleNotFoundError as missing:
        raise BadSettings(
            f'GENERATOR_ENGINE: "musicgen" needs the package {missing.name}. '
            "Install it: pip install 'rondo-generator[musicgen]'."
        ) from missing
    device = torch.device(device_of(settings, has_gpu=torch.cuda.is_available()))
    windows = Windows()
    # transformers warns about the padding token, which is outside of the vocabulary in every MusicGen.
    transformers_log.set_verbosity_error()
    transformers_log.disable_progress_bar()
    try:
        weights = load_weights(
            settings.model,
            device=device,
            dtype=getattr(torch, precision_of(settings, device.type)),
            slots=slots,
            window_frames=windows.frames,
            text_tokens=settings.prompt_tokens,
        )
        return Musicgen(weights, settings, slots=slots, windows=windows)
    except UnusableModel as fault:
        raise BadSettings(f"GENERATOR_MUSICGEN_MODEL: {fault}") from fault


def device_of(settings: MusicgenSettings, *, has_gpu: bool) -> str:
    if settings.device == "cuda" and not has_gpu:
        raise BadSettings(
            "GENERATOR_MUSICGEN_DEVICE: PyTorch finds no GPU. Install a CUDA build of PyTorch, or use cpu."
        )
    if settings.device == "auto":
        return "cuda" if has_gpu else "cpu"
    return settings.device


def precision_of(settings: MusicgenSettings, device: str) -> str:
    if settings.precision == "auto":
        return "float16" if device == "cuda" else "float32"
    return settings.precision
