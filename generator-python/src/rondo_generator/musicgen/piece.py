"""Holds one piece that is being made: its frames, its windows, and the queue of sound for its listener."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event

import numpy as np
import numpy.typing as npt
from torch import Tensor

from .codec import CodecState
from .decode_loop import Codes, Columns
from .model_shape import ModelShape
from .sampling import Sampling

#: Samples between -1 and 1, shape (samples, channels), at the rate of the model.
Sound = npt.NDArray[np.float32]


class PieceFailed(Exception):
    """The piece can't be finished. The message is a sentence for people."""


@dataclass(frozen=True)
class Windows:
    """MusicGen was trained on 30 s of sound, so a longer piece is made in several windows of at most 30 s.

    Each window after the first one begins with the end of the previous window.
    """

    frames: int = 1500
    #: The next window begins with this number of frames from the end of the window before it. These frames last 12 s.
    repeated: int = 600


@dataclass(frozen=True)
class Blocks:
    """The numbers of frames in blocks of sound. The first block is short, so that a listener hears it soon."""

    first: int = 25
    later: int = 50


@dataclass(eq=False)
class Piece:
    shape: ModelShape
    #: The encoded prompt, shape (tokens, hidden).
    text: Tensor
    sampling: Sampling
    #: The number of all frames of the piece, including the given frames.
    frames: int
    #: The frames of the parent (the earlier version that this piece extends), shape (codebooks, frames). The piece
    #: begins with these frames. If there is no parent, the array has 0 frames.
    given: Codes
    windows: Windows = Windows()
    blocks: Blocks = Blocks()
    #: This event is set when nobody wants the piece any more.
    stop: Event = field(default_factory=Event)
    #: Blocks of sound. The last item is None if the piece is complete or `stop` was set, and PieceFailed otherwise.
    sounds: SimpleQueue[Sound | PieceFailed | None] = field(default_factory=SimpleQueue)
    codec: CodecState | None = None
    #: The slot in the decode loop, from 0; -1 until the piece gets a slot.
    slot: int = -1
    #: The index of the window's first frame in the piece, from 0, and the number of frames in the window.
    window_start: int = 0
    window_frames: int = 0
    #: The number of frames that were passed to the codec, and the number of frames whose sound was sent.
    taken: int = 0
    sent: int = 0
    #: The time of the first block of sound, in seconds of `time.monotonic`. None if no sound was sent.
    heard_since: float | None = None

    def __post_init__(self) -> None:
        self.codes: Codes = np.zeros((self.shape.codebooks, self.frames), dtype=np.int16)
        #: The number of frames, counted from the first one, whose codes are complete.
        self.whole: int = min(self.given.shape[1], self.frames)
        self.codes[:, : self.whole] = self.given[:, : self.whole]

    @property
    def is_whole(self) -> bool:
        return self.whole >= self.frames

    @property
    def columns_of_window(self) -> int:
        """Returns the index of the window's last column. After this column, all frames of the window are complete.

        A frame gets the tokens of its codebooks from several columns, so a window has more columns than frames.
        """
        return self.window_frames + self.shape.delay_most

    def next_window(self) -> Codes:
        """Begins the next window and returns its first frames, which are the last complete frames of the piece.

        At most `windows.repeated` frames are returned. For the first window of a piece without a parent, 0 frames are
        returned.
        """
        kept = min(self.whole, self.windows.repeated)
        self.window_start = self.whole - kept
        self.window_frames = min(self.windows.frames, self.frames - self.window_start)
        return self.codes[:, self.window_start : self.whole]

    def add(self, columns: Columns) -> None:
        """Stores the tokens of new columns in the frames to which they belong. One column has tokens of several frames.

        Drops two kinds of tokens: those of frames after the end of the window, and those of complete frames.
        """
        last = columns.first + columns.tokens.shape[1] - 1
        for codebook, delay in enumerate(self.shape.delays):
            start = self.window_start + columns.first - 1 - delay
            skipped = max(0, self.whole - start)
            end = min(start + columns.tokens.shape[1], self.window_start + self.window_frames)
            if start + skipped < end:
                self.codes[codebook, start + skipped : end] = columns.tokens[codebook, skipped : end - start]
        whole = self.window_start + min(last - self.shape.delay_most, self.window_frames)
        self.whole = max(self.whole, whole)

    def block_due(self, held_back: int) -> int:
        """Returns the number of frames to give to the codec now; 0 if too few frames are complete for a block of sound.

        The codec holds back the sound of the last `held_back` frames until it gets more frames.
        """
        wanted = self.blocks.later if self.sent else self.blocks.first + held_back
        waiting: int = self.whole - self.taken
        if self.is_whole and waiting <= wanted + held_back:
            return waiting
        return wanted if waiting >= wanted else 0

    def block_end(self, held_back: int) -> int:
        """Returns the value that `whole` must reach before the next block of sound can be made."""
        wanted = self.blocks.later if self.sent else self.blocks.first + held_back
        return min(self.taken + wanted, self.frames)

    def send(self, sound: Sound) -> None:
        if self.heard_since is None:
            self.heard_since = time.monotonic()
        self.sent += len(sound) // self.shape.samples_per_frame
        self.sounds.put(sound)

    def seconds_ahead(self, now: float) -> float:
        """Returns the seconds of sent sound that the listener has not heard yet.

        The listener is assumed to play without pauses from the first block on. The result is below 0 if no
        sound was sent, or if the listener has to wait for sound.
        """
        if self.heard_since is None:
            return -1.0
        return self.sent / self.shape.frames_per_second - (now - self.heard_since)
