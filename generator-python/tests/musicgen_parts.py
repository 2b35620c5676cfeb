"""Builds parts of the MusicGen engine with tiny weights, and makes pieces without a server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from rondo_generator.musicgen.codec import StreamingCodec
from rondo_generator.musicgen.decode_loop import Codes, DecodeLoop
from rondo_generator.musicgen.piece import Piece, PieceFailed, Sound, Windows
from rondo_generator.musicgen.sampling import Sampling
from rondo_generator.musicgen.scheduler import Scheduler
from rondo_generator.musicgen.text import encode_text
from rondo_generator.musicgen.weights import Weights, move

from .tiny_musicgen import tiny_model, tiny_tokenizer

# Tiny matrices are slower with more than one thread.
torch.set_num_threads(1)

SHORT_WINDOWS = Windows(frames=100, repeated=40)


def tiny_weights(*, channels: int = 1, layers: int = 2) -> Weights:
    return move(
        tiny_model(channels=channels, layers=layers),
        tiny_tokenizer(),
        device=torch.device("cpu"),
        dtype=torch.float32,
    )


@dataclass
class Studio:
    """A decode loop, a codec and a scheduler.

    A test runs the scheduler's rounds with `advance` or `finish`. If `tiny_studio` was called with `is_threaded`, the
    scheduler's own thread runs the rounds until the test calls `scheduler.close()`.
    """

    weights: Weights
    loop: DecodeLoop
    codec: StreamingCodec
    scheduler: Scheduler
    windows: Windows

    def piece(
        self, frames: int, *, prompt: str = "calm piano", given: Codes | None = None, **sampling: Any
    ) -> Piece:
        """Submits a piece to the scheduler and returns the piece."""
        piece = Piece(
            shape=self.weights.shape,
            text=encode_text(self.weights, prompt, 64),
            sampling=Sampling(**sampling),
            frames=frames,
            given=self.loop.no_frames() if given is None else given,
            windows=self.windows,
        )
        self.scheduler.submit(piece)
        return piece

    def finish(self, pieces: Iterable[Piece], rounds_most: int = 20_000) -> None:
        """Runs rounds until each of these pieces has ended or failed. Fails the test after `rounds_most` rounds."""
        wanted = list(pieces)
        for _ in range(rounds_most):
            if not any(piece in self.scheduler.pieces() for piece in wanted):
                return
            self.advance()
        raise AssertionError("the pieces have no end")

    def advance(self, rounds: int = 1) -> None:
        with torch.inference_mode():
            for _ in range(rounds):
                self.scheduler.advance()


def tiny_studio(
    *,
    channels: int = 1,
    layers: int = 2,
    slots: int = 8,
    windows: Windows = SHORT_WINDOWS,
    is_threaded: bool = False,
) -> Studio:
    weights = tiny_weights(channels=channels, layers=layers)
    loop = DecodeLoop(weights, slots=slots, window_frames=windows.frames, text_tokens=64)
    codec = StreamingCodec(weights.codec, channels=channels)
    scheduler = Scheduler(loop, codec, slots=slots)
    if is_threaded:
        scheduler.start()
    return Studio(weights, loop, codec, scheduler, windows)


def sound_of(piece: Piece) -> Sound:
    """Waits for the end of a piece and returns its whole sound.

    `blocks_of` describes what a second call does, and the errors.
    """
    return np.concatenate(blocks_of(piece))


def blocks_of(piece: Piece) -> list[Sound]:
    """Waits for the end of a piece and returns its blocks of sound.

    Raises PieceFailed if the piece has failed, and queue.Empty if no block arrives for 60 s. A second call for a piece
    raises queue.Empty, because the first call has taken the blocks.
    """
    blocks: list[Sound] = []
    while True:
        sound = piece.sounds.get(timeout=60)
        if isinstance(sound, PieceFailed):
            raise sound
        if sound is None:
            return blocks
        blocks.append(sound)


def decoded_at_once(codes: Codes, *, channels: int = 1) -> Sound:
    """Decodes `codes` with the codec of the library transformers. Returns sound with the shape (samples, channels).

    All frames of a channel are decoded in one call, with the weights of `tiny_weights(channels=channels)`.
    """
    stock = tiny_model(channels=channels).audio_encoder
    numbers = torch.from_numpy(codes.astype(np.int64))
    with torch.inference_mode():
        parts = [stock.decode(numbers[None, None, channel::channels], [None]) for channel in range(channels)]
        made = torch.cat([part.audio_values[0] for part in parts])
    return np.asarray(made.T.numpy())
