"""Converts a model's sound to stereo samples at 44.1 kHz with the requested length, and fades it out at the end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from ..contract import SAMPLE_RATE
from ..engine import Samples

#: The length of the fade at the end. In a piece of less than four seconds, the fade takes a quarter of the piece.
#: The fade is needed, because a model's sound usually ends in the middle of a bar.
FADE_SECONDS = 1.0


class Finishing:
    """Converts one piece, block by block.

    `rate` (in Hz) and `channels` (1 or 2) describe the model's sound. `samples` is the length of the finished piece,
    in samples per channel at 44.1 kHz.
    """

    def __init__(self, *, rate: int, channels: int, samples: int) -> None:
        self._resampling = soxr.ResampleStream(rate, SAMPLE_RATE, channels, dtype="float32")
        self._channels = channels
        self._samples = samples
        self._done = 0

    def feed(self, sound: npt.NDArray[np.float32], *, is_last: bool = False) -> Samples:
        """Takes the next sound, of the shape (samples, channels), and returns the newly finished samples.

        The result has the shape (samples, 2). Sound beyond the length of the piece is dropped. Each sample is between
        -1 and 1.
        """
        made = self._resampling.resample_chunk(sound, last=is_last).reshape(-1, self._channels)
        made = made[: self._samples - self._done]
        if is_last:
            missing = self._samples - self._done - len(made)
            made = np.pad(made, ((0, missing), (0, 0)))
        start, self._done = self._done, self._done + len(made)
        stereo = np.repeat(made, 2, axis=1) if self._channels == 1 else made
        at = np.arange(start, self._done)
        length = min(FADE_SECONDS * SAMPLE_RATE, self._samples / 4)
        fade = np.clip((self._samples - at) / length, 0, 1)
        return np.asarray(np.clip(stereo, -1, 1) * fade[:, np.newaxis], dtype=np.float32)

    def end(self) -> Samples:
        """Returns the remaining samples. If the sound is shorter than the piece, silence is appended.

        Call `end` one time, after the last call of `feed`.
        """
        return self.feed(np.zeros((0, self._channels), dtype=np.float32), is_last=True)
