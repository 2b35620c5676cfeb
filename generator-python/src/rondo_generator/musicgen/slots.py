"""Holds the memory of all slots on the device: keys, values, tokens and settings.

A slot is the part of the memory that one piece uses while the piece is made. A window is the part of a piece that the
model reads at a time. The end of a window is given to the model again as the beginning of the next window.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .model_shape import ModelShape
from .sampling import Sampling, halves_of

#: Each slot has two rows of the batch: one with the prompt, and one without a prompt (classifier-free guidance).
ROWS = 2


class Slots:
    """The tensors of all slots. The first or second dimension is the slot. All memory of the slots is allocated here.

    A column is what the decoder reads in one step: one token for each codebook. Column 0 is padding. Codebook c has its
    token of frame f in column f + 1 + delay(c).
    """

    def __init__(
        self,
        shape: ModelShape,
        *,
        count: int,
        window_frames: int,
        text_tokens: int,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.shape = shape
        self.count = count
        self.window_frames = window_frames
        self.text_tokens = text_tokens
        #: The maximum number of columns that a window has.
        self.columns = window_frames + shape.delay_most + 1
        kept = (shape.layers, count, ROWS, shape.heads, self.columns, shape.head_size)
        text = (shape.layers, count, shape.heads, text_tokens, shape.head_size)
        self.keys = torch.zeros(kept, dtype=dtype, device=device)
        self.values = torch.zeros(kept, dtype=dtype, device=device)
        self.text_keys = torch.zeros(text, dtype=dtype, device=device)
        self.text_values = torch.zeros(text, dtype=dtype, device=device)
        self.text_length = torch.ones(count, dtype=torch.long, device=device)
        self.tokens = torch.full(
            (count, shape.codebooks, self.columns + 1), shape.vocabulary, dtype=torch.long, device=device
        )
        #: The column that the next step reads.
        self.position = torch.zeros(count, dtype=torch.long, device=device)
        #: How many frames at the start of the window come from earlier sound. The model doesn't make these frames.
        self.given = torch.zeros(count, dtype=torch.long, device=device)
        #: The number of the window's first frame, counted from the start of the piece.
        self.first_frame = torch.zeros(count, dtype=torch.long, device=device)
        self.seed = torch.zeros((count, 2), dtype=torch.long, device=device)
        self.top_k = torch.ones(count, dtype=torch.long, device=device)
        self.temperature = torch.ones(count, dtype=torch.float32, device=device)
        self.guidance = torch.ones(count, dtype=torch.float32, device=device)
        #: Whether a slot takes part in the next step.
        self.active = torch.zeros(count, dtype=torch.bool, device=device)
        #: This becomes False when a slot gets logits that are not finite numbers.
        self.is_finite = torch.ones(count, dtype=torch.bool, device=device)
        self.delays = torch.tensor(shape.delays, dtype=torch.long, device=device)
        self.column_numbers = torch.arange(self.columns, device=device)
        self.text_numbers = torch.arange(text_tokens, device=device)

    def configure(self, slot: int, sampling: Sampling) -> None:
        low, high = halves_of(sampling.seed)
        self.seed[slot, 0], self.seed[slot, 1] = low, high
        self.top_k[slot] = sampling.top_k
        self.temperature[slot] = sampling.temperature
        self.guidance[slot] = sampling.guidance

    def begin_window(self, slot: int, given: Tensor, first_frame: int) -> None:
        """Starts a window at column 0, and writes the tokens of the given frames into their columns.

        `given` has the shape (codebooks, frames). `first_frame` is the number of the window's first frame, counted
        from the start of the piece.
        """
        self.tokens[slot].fill_(self.shape.vocabulary)
        for codebook, delay in enumerate(self.shape.delays):
            self.tokens[slot, codebook, delay + 1 : delay + 1 + given.shape[1]] = given[codebook]
        self.position[slot] = 0
        self.given[slot] = given.shape[1]
        self.first_frame[slot] = first_frame

    def clear(self, slot: int) -> None:
        """Removes the sound and the prompt of a piece.

        If numbers that are not finite stayed in the slot, they would affect the next piece. The sampling settings stay
        until the next `configure`. `active` is not changed.
        """
        for memory in (self.keys, self.values, self.text_keys, self.text_values):
            memory[:, slot].zero_()
        self.tokens[slot].fill_(self.shape.vocabulary)
        self.text_length[slot] = 1
        for numbers in (self.position, self.given, self.first_frame):
            numbers[slot] = 0
        self.is_finite[slot] = True


def slot_bytes(shape: ModelShape, *, window_frames: int, text_tokens: int, bytes_each: int) -> int:
    """Returns the memory of one slot in bytes: the keys and values of the slot's two rows, and those of its prompt."""
    columns = window_frames + shape.delay_most + 1
    numbers = ROWS * columns + text_tokens
    return 2 * shape.layers * shape.hidden * numbers * bytes_each
