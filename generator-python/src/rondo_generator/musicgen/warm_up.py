"""Measures, at the start of the generator, how long a step takes. Computes how many pieces can be made in real time.

A step makes one column of tokens for each slot, and each piece that is being made uses one slot. "In real time" means
that each piece is made at least as fast as it plays.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch

from .codec import StreamingCodec
from .decode_loop import DecodeLoop, buckets_of
from .scheduler import CODEC_PIECES

STEPS = 10
#: The number of rounds, each of `STEPS` steps. The fastest round counts, because other programs can slow a round down.
ROUNDS = 3


@dataclass(frozen=True)
class StepRate:
    slots: int
    #: The steps per second when all these slots are in use and each step reads a full window (see slots.py).
    steps_per_second: float


def measure_step_rates(loop: DecodeLoop, codec: StreamingCodec) -> list[StepRate]:
    """Returns the measured step rates, one for each possible number of slots in a step (see `buckets_of`).

    Also records the CUDA graphs and loads the kernels of a GPU, so that the first request doesn't wait for them.
    """
    rates = []
    for count in buckets_of(loop.slots.count):
        loop.run_idle(count, 2, all_lengths=True)
        seconds = min(seconds_of(partial(loop.run_idle, count, STEPS)) for _ in range(ROUNDS))
        rates.append(StepRate(count, STEPS / seconds))
    shape = loop.slots.shape
    for streams in (1, CODEC_PIECES):
        frames = torch.zeros((streams, shape.codebooks, 32), dtype=torch.long, device=loop.slots.keys.device)
        codec.decode([codec.begin() for _ in range(streams)], frames, is_last=False).cpu()
    return rates


def seconds_of(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def slots_in_real_time(rates: list[StepRate], frames_per_second: float) -> int:
    """Returns how many slots can be in use if each second has to have at least `frames_per_second` steps.

    The more slots are in use, the longer a step takes. `rates` must be sorted by the number of slots, smallest first.
    For a number of slots between two entries of `rates`, the time of a step is interpolated linearly.
    Returns 1 even if one slot is already too slow.
    """
    most = 1
    for one, next_one in zip(rates, [*rates[1:], None], strict=True):
        if one.steps_per_second < frames_per_second:
            break
        most = one.slots
        if next_one is not None and next_one.steps_per_second < frames_per_second:
            fast, slow, limit = (
                1 / rate for rate in (one.steps_per_second, next_one.steps_per_second, frames_per_second)
            )
            most += int((next_one.slots - one.slots) * (limit - fast) / (slow - fast))
    return most
