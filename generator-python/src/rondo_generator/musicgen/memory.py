"""Compares the memory that a model and its slots need with the free memory, before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import MusicgenConfig, MusicgenForConditionalGeneration

from .model_shape import UnusableModel, model_shape
from .slots import slot_bytes

GIB = 2**30
#: The bytes that the codec, the decoding steps and PyTorch itself need besides the weights and the slots.
WORK_BYTES = GIB


def check_memory(
    config: MusicgenConfig,
    *,
    slots: int,
    window_frames: int,
    text_tokens: int,
    device: torch.device,
    dtype: torch.dtype,
    free_bytes: int | None = None,
) -> None:
    """Raises UnusableModel if the weights and the slots don't fit in the free memory.

    If fewer slots would fit, the error says how many. If `free_bytes` is None, the free memory of `device` is measured.
    """
    free = free_memory(device) if free_bytes is None else free_bytes
    weights = weight_bytes(config, dtype) + WORK_BYTES
    each = slot_bytes(
        model_shape(config), window_frames=window_frames, text_tokens=text_tokens, bytes_each=dtype.itemsize
    )
    if weights + slots * each <= free:
        return
    fitting = max(0, free - weights) // each
    if fitting == 0:
        raise UnusableModel(
            f"The model doesn't fit: it takes {in_gib(weights)}, a slot {in_gib(each)}, and {in_gib(free)} are free on "
            f"{device}. Use a smaller model or another device."
        )
    raise UnusableModel(
        f"{slots} slots don't fit: the model takes {in_gib(weights)}, each slot {in_gib(each)}, and {in_gib(free)} are "
        f"free on {device}. Set GENERATOR_SLOTS={fitting}."
    )


def weight_bytes(config: MusicgenConfig, dtype: torch.dtype) -> int:
    """Returns the size of all weights in bytes.

    The weights of the decoder have the type `dtype`. All other weights have 32 bits.
    """
    with torch.device("meta"):
        model = MusicgenForConditionalGeneration(config)
    decoder: int = sum(one.numel() for one in model.decoder.parameters())
    others: int = sum(one.numel() for one in model.parameters()) - decoder
    bytes_each: int = dtype.itemsize
    return decoder * bytes_each + others * 4


def free_memory(device: torch.device) -> int:
    """Returns the free memory of the device in bytes.

    For a CUDA GPU, this is the free memory of the GPU. For any other device, it is the available memory of the machine.
    In a container with a memory limit (cgroup v2), it is at most the unused part of this limit.
    """
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    free = [line.split() for line in Path("/proc/meminfo").read_text().splitlines() if "MemAvailable" in line]
    available = int(free[0][1]) * 1024
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.exists() and limit.read_text().strip().isdecimal():
        available = min(available, int(limit.read_text()) - int(used.read_text()))
    return available


def in_gib(count: int) -> str:
    return f"{count / GIB:.2f} GiB"
