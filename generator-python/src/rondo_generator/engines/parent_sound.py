"""Keeps the codec frames of earlier pieces in memory, so that a new version can continue the sound of its parent.

If the frames of a parent are not stored, its audio is downloaded and encoded.
"""

from __future__ import annotations

import io
import re
import threading
from collections import OrderedDict

import httpx
import numpy as np
import soundfile
import soxr
import torch

from ..contract import GenerateRequest
from ..engine import EngineFault
from ..musicgen.codec import StreamingCodec
from ..musicgen.decode_loop import Codes
from ..musicgen.model_shape import ModelShape
from .finishing import FADE_SECONDS

#: The maximum number of stored pieces. The least recently stored piece is removed first. Ten minutes in stereo take
#: half a megabyte.
PIECES_MOST = 64
SOUND_BYTES_MOST = 64 * 2**20
EXTENDING = re.compile(
    r"\b(extend|extended|longer|lengthen|continue|prolong|verlänger\w*|länger|prolonge\w*|plus long\w*|alarga\w*)\b",
    re.IGNORECASE,
)


def is_extension(request: GenerateRequest) -> bool:
    return request.parent is not None and EXTENDING.search(request.parent.instruction) is not None


class ParentSound:
    """Stores the frames of pieces by business and row id, because two businesses can use the same row id."""

    def __init__(self, shape: ModelShape, codec: StreamingCodec, device: torch.device) -> None:
        self._shape = shape
        self._codec = codec
        self._device = device
        self._known: OrderedDict[tuple[str, str], Codes] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, request: GenerateRequest, codes: Codes) -> None:
        self._store((request.business_id, request.row_id), codes)

    def find(self, request: GenerateRequest) -> Codes | None:
        """Returns the parent's frames, shape (codebooks, frames).

        Returns None if the request names no parent, or if the frames of the parent are not stored.
        """
        if request.parent is None:
            return None
        with self._lock:
            return self._known.get((request.business_id, request.parent.row_id))

    def read(self, request: GenerateRequest) -> Codes:
        """Returns the parent's frames, shape (codebooks, frames).

        If the frames are not stored, the parent's audio is downloaded and encoded, and its frames are stored. If the
        audio has no address, can't be downloaded or decoded, or is too short, raises EngineFault.
        """
        known = self.find(request)
        if known is not None:
            return known
        if request.parent is None or request.parent.audio_url is None:
            raise EngineFault("The sound of the parent is not known here, so it can't be continued.")
        codes = self._encoded(*decoded(downloaded(request.parent.audio_url)))
        self._store((request.business_id, request.parent.row_id), codes)
        return codes

    def _encoded(self, sound: np.ndarray[tuple[int, ...], np.dtype[np.float32]], rate: int) -> Codes:
        shape = self._shape
        mono = sound.mean(axis=1, keepdims=True)
        stereo = np.repeat(mono, 2, axis=1) if sound.shape[1] == 1 else sound[:, :2]
        own = soxr.resample(mono if shape.channels == 1 else stereo, rate, shape.sample_rate)
        # The parent ends with a fade, which the model would continue as silence, so the fade is removed.
        own = own[: max(0, len(own) - int(FADE_SECONDS * shape.sample_rate))]
        if len(own) < shape.sample_rate // 2:
            raise EngineFault("The parent is too short to be continued.")
        with torch.inference_mode():
            samples = torch.from_numpy(np.ascontiguousarray(own.T)).float().to(self._device)
            codes: Codes = self._codec.encode(samples).cpu().numpy().astype(np.int16)
        return codes

    def _store(self, key: tuple[str, str], codes: Codes) -> None:
        with self._lock:
            self._known[key] = codes
            self._known.move_to_end(key)
            while len(self._known) > PIECES_MOST:
                self._known.popitem(last=False)


def downloaded(url: str) -> bytes:
    """Returns the bytes at an address without following redirects.

    Raises EngineFault if the download fails, the status is not 200 or the content exceeds SOUND_BYTES_MOST.
    """
    try:
        with httpx.stream("GET", url, timeout=10, follow_redirects=False, trust_env=False) as answer:
            if answer.status_code != 200:
                raise EngineFault(
                    f"The sound of the parent can't be read: its address answered {answer.status_code}."
                )
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > SOUND_BYTES_MOST:
                    raise EngineFault("The sound of the parent is too large to be read.")
            return bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EngineFault(f"The sound of the parent can't be read: {type(error).__name__}.") from error


def decoded(content: bytes) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], int]:
    """Returns the samples, shape (samples, channels), and their rate. Raises EngineFault for an unknown format."""
    try:
        sound, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise EngineFault("The sound of the parent is in no format that can be read.") from error
    return sound, int(rate)
