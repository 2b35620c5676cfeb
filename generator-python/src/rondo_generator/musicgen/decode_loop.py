"""Generates the tokens of several pieces at the same time.

Each piece has a slot. A step makes one column for each slot. A column contains one token of each codebook. Pieces can
join and leave between any two steps.

The loop makes a piece part by part, because the model reads only a part of limited length. Such a part is a window.
A window can begin with given frames, which the model reads but does not make. In each window after the first, the
given frames are the last frames of the window before. If a piece extends another piece, the given frames of its first
window are frames of that other piece.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .cuda_graphs import create_step_runner
from .sampling import Sampling, guided, sample
from .slots import Slots
from .transformer import Transformer
from .weights import Weights

#: Codes of EnCodec, shape (codebooks, frames).
Codes = npt.NDArray[np.int16]

#: The maximum number of steps whose tokens are copied from the device together. Each copy waits for the device.
STEPS_BETWEEN_COPIES = 8
#: The maximum number of given columns that are read at a time, so that the other slots don't wait for long.
PREFILL_COLUMNS = 64


@dataclass(frozen=True)
class Columns:
    """The columns that a slot has made since the last copy.

    `first` is the number of the first of these columns. `tokens` has the shape (codebooks, columns). `is_finite` is
    False if, at any step of the piece, a logit of the model was not a finite number.
    """

    first: int
    tokens: npt.NDArray[np.int64]
    is_finite: bool


class DecodeLoop:
    """Runs the steps of all slots, in one thread. The loop counts each slot's position without asking the device."""

    def __init__(self, weights: Weights, *, slots: int, window_frames: int, text_tokens: int) -> None:
        self.slots = Slots(
            weights.shape,
            count=slots,
            window_frames=window_frames,
            text_tokens=text_tokens,
            device=weights.device,
            dtype=weights.dtype,
        )
        self._transformer = Transformer(weights.decoder, self.slots)
        self._run_step = create_step_runner(self._step, weights.device)
        self._lengths = lengths_of(self.slots.columns)
        self._buckets = buckets_of(slots)
        self._position = [0] * slots
        self._copied = [0] * slots
        self._prefilled = [0] * slots
        self._given = [0] * slots
        self._active: frozenset[int] = frozenset()

    def join(self, slot: int, text: Tensor, sampling: Sampling) -> None:
        """Assigns a piece to a slot. `text` is an encoded prompt, shape (tokens, hidden)."""
        self.slots.configure(slot, sampling)
        self._transformer.read_text(slot, text)

    def begin_window(self, slot: int, given: Codes, first_frame: int) -> None:
        """Starts a window with the frames `given`, which `prefill` must read before the first step of the window.

        `first_frame` is the position of the window's first frame in the piece.
        """
        codes = torch.from_numpy(given.astype(np.int64)).to(self.slots.tokens.device)
        self.slots.begin_window(slot, codes, first_frame)
        self._given[slot] = given.shape[1]
        self._position[slot] = self._prefilled[slot] = 0
        self._copied[slot] = 0

    def no_frames(self) -> Codes:
        """Returns an array of 0 frames, for a piece that begins without given frames."""
        return np.zeros((self.slots.shape.codebooks, 0), dtype=np.int16)

    def is_prefilled(self, slot: int) -> bool:
        return self._prefilled[slot] >= self._given[slot]

    def prefill(self, slot: int) -> None:
        """Reads the next part of the given frames. Must be called until `is_prefilled` returns True."""
        start = self._prefilled[slot]
        end = min(start + PREFILL_COLUMNS, self._given[slot])
        self._transformer.prefill(slot, start, end)
        self._prefilled[slot] = self._position[slot] = self._copied[slot] = end
        self.slots.position[slot] = end

    def position(self, slot: int) -> int:
        """Returns the number of the newest column of a slot. The next step reads this column."""
        return self._position[slot]

    def steps_until_copy(self, slot: int) -> int:
        """Returns how many more steps a slot can make before its columns must be copied."""
        return STEPS_BETWEEN_COPIES - (self._position[slot] - self._copied[slot])

    def step(self, rows: Iterable[int]) -> None:
        """Makes one column for each slot in `rows`, which must not be empty. The other slots don't change."""
        active = frozenset(rows)
        if active != self._active:
            flags = torch.zeros(self.slots.count, dtype=torch.bool)
            flags[list(active)] = True
            self.slots.active.copy_(flags)
            self._active = active
        count = next(size for size in self._buckets if size > max(active))
        longest = max(self._position[:count])
        self._run_step(count, next(length for length in self._lengths if length > longest))
        for slot in active:
            self._position[slot] += 1

    def copy(self, rows: Iterable[int]) -> dict[int, Columns]:
        """Returns the columns that the slots in `rows` have made since their last copy. Waits for the device.

        Only the first `STEPS_BETWEEN_COPIES` columns after the last copy are returned. Any further columns are lost, so
        the caller must copy the columns of each slot at least once in this number of steps.
        """
        wanted = list(rows)
        if not wanted:
            return {}
        device = self.slots.tokens.device
        chosen = torch.tensor(wanted, device=device)
        first = torch.tensor([self._copied[slot] + 1 for slot in wanted], device=device)
        at = first[:, None] + torch.arange(STEPS_BETWEEN_COPIES, device=device)
        at = at.clamp(max=self.slots.columns)[:, None].expand(-1, self.slots.shape.codebooks, -1)
        tokens = self.slots.tokens[chosen].gather(2, at).cpu().numpy()
        is_finite = self.slots.is_finite[chosen].cpu().tolist()
        copied = {}
        for number, slot in enumerate(wanted):
            start, end = self._copied[slot], self._position[slot]
            copied[slot] = Columns(start + 1, tokens[number, :, : end - start], is_finite[number])
            self._copied[slot] = end
        return copied

    def leave(self, slot: int) -> None:
        self.slots.clear(slot)
        self._position[slot] = self._copied[slot] = self._prefilled[slot] = self._given[slot] = 0

    def run_idle(self, count: int, steps: int, *, all_lengths: bool = False) -> None:
        """Runs steps that change no slot, and waits for their end. Each step computes `count` slots.

        Without `all_lengths`, `steps` steps are run, and each reads a full window. With `all_lengths`, `steps` steps
        are run for each length of `lengths_of`.
        """
        self.slots.active.zero_()
        self._active = frozenset()
        for length in self._lengths if all_lengths else self._lengths[-1:]:
            for _ in range(steps):
                self._run_step(count, length)
        self.slots.position.cpu()

    def _step(self, count: int, length: int) -> None:
        """Makes the next column, in place, for each active slot among the first `count` slots.

        A CUDA graph can record this method, because the method reads nothing from the host.
        """
        slots = self.slots
        logits = self._transformer.logits(count, length)
        active = slots.active[:count]
        slots.is_finite[:count] &= logits.isfinite().flatten(1).all(dim=1) | ~active
        position = slots.position[:count]
        frame = position[:, None] - slots.delays
        sampled = sample(
            guided(logits.float(), slots.guidance[:count]),
            frame=frame + slots.first_frame[:count, None],
            seed=slots.seed[:count],
            top_k=slots.top_k[:count],
            temperature=slots.temperature[:count],
        )
        next_column = (position[:, None, None] + 1).expand(-1, slots.shape.codebooks, -1)
        present = slots.tokens[:count].gather(2, next_column).squeeze(2)
        # Some tokens of the next column are already in `slots.tokens`, and stay: the padding before the first frame of
        # a codebook, and the tokens of given frames.
        stays = (frame < slots.given[:count, None]) | ~active[:, None]
        column = torch.where(stays, present, sampled)
        slots.tokens[:count].scatter_(2, next_column, column.unsqueeze(2))
        slots.position[:count] += active


def buckets_of(slots: int) -> list[int]:
    """Returns the possible numbers of slots in a step: 1, 2, 4, …, and the number of all slots.

    The slots are numbered from 0. A step computes the first n slots. n is the smallest of the returned numbers that is
    greater than the number of every wanted slot. For example, if the slots 1 and 2 are wanted, a step computes the
    slots 0 to 3.
    """
    sizes = [1]
    while sizes[-1] < slots:
        sizes.append(min(2 * sizes[-1], slots))
    return sizes


def lengths_of(columns: int) -> list[int]:
    """Returns the possible numbers of columns that a step reads: a third, two thirds and all of the columns.

    A step uses the smallest of these numbers that is larger than the position of every computed slot.
    """
    return sorted({-(-columns * part // 3) for part in (1, 2, 3)})
