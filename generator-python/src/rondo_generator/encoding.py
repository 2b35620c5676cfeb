"""Encodes samples as MP3 frames, WAV, L16 or 32-bit floats.

MP3 frames can be delivered in every way: in the response body, by stream or by MongoDB. The other formats can be
delivered only in the response body.
"""

from __future__ import annotations

import struct
from typing import Protocol

import lameenc
import numpy as np

from .contract import SAMPLE_RATE
from .engine import Samples

MP3 = "audio/mpeg"
WAV = "audio/wav"
L16 = f"audio/L16;rate={SAMPLE_RATE};channels=2"
FLOAT = f"audio/pcm;rate={SAMPLE_RATE};channels=2;encoding=f32le"
CONTENT_TYPES = (MP3, WAV, L16, FLOAT)


class Encoder(Protocol):
    def encode(self, samples: Samples) -> bytes:
        """Returns the encoded bytes that are ready. For MP3, these are whole frames; later calls return the rest."""

    def finish(self) -> bytes:
        """Returns the last bytes. Must be called one time, after the last `encode`."""


def content_type_for(accept: str) -> str:
    """Returns the first known format in the caller's Accept header. If no format is known, returns MP3.

    Parameters of the formats are ignored, also the quality `q`. Wildcards such as `audio/*` are not known formats.
    """
    for part in accept.split(","):
        wanted = part.split(";")[0].strip().lower()
        for content_type in CONTENT_TYPES:
            if content_type.split(";")[0].lower() == wanted:
                return content_type
    return MP3


def create_encoder(content_type: str, samples: int) -> Encoder:
    """`content_type` must be one of `CONTENT_TYPES`. `samples` is the number of samples per channel in the whole piece.

    Only the header of WAV contains this number.
    """
    if content_type == MP3:
        return Mp3Encoder()
    if content_type == WAV:
        return WavEncoder(samples)
    return PcmEncoder(">i2" if content_type == L16 else "<f4")


class Mp3Encoder:
    """One LAME session for a piece: 44.1 kHz, stereo, 128 kbit/s, without a tag at the beginning."""

    def __init__(self) -> None:
        self._lame = lameenc.Encoder()
        self._lame.set_bit_rate(128)
        self._lame.set_in_sample_rate(SAMPLE_RATE)
        self._lame.set_channels(2)
        self._lame.set_quality(5)
        self._lame.silence()
        self._rest = b""

    def encode(self, samples: Samples) -> bytes:
        return self._whole_frames(bytes(self._lame.encode(pcm16(samples, "<i2"))))

    def finish(self) -> bytes:
        return self._whole_frames(bytes(self._lame.flush()))

    def _whole_frames(self, made: bytes) -> bytes:
        data = self._rest + made
        at = 0
        while len(data) - at >= 4:
            size = frame_bytes(data[at : at + 4])
            if at + size > len(data):
                break
            at += size
        self._rest = data[at:]
        return data[:at]


def frame_bytes(header: bytes) -> int:
    """Returns the length of an MP3 frame at 44.1 kHz and 128 kbit/s (ISO/IEC 11172-3): 417 bytes, 418 if padded."""
    if header[0] != 0xFF or header[1] & 0xFE != 0xFA or header[2] & 0xFC != 0x90:
        raise ValueError(f"this is not an MP3 frame header for 44.1 kHz and 128 kbit/s: {header.hex()}")
    return 144 * 128_000 // SAMPLE_RATE + (header[2] >> 1 & 1)


class PcmEncoder:
    """`kind` is the NumPy type of a sample: ">i2" for L16, "<f4" for 32-bit floats."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def encode(self, samples: Samples) -> bytes:
        return samples.astype(self._kind).tobytes() if self._kind == "<f4" else pcm16(samples, self._kind)

    def finish(self) -> bytes:
        return b""


class WavEncoder:
    """Encodes a WAV file. The header is part of the result of the first `encode`, and contains the planned length."""

    def __init__(self, samples: int) -> None:
        data = samples * 4
        form = struct.pack("<HHIIHH", 1, 2, SAMPLE_RATE, SAMPLE_RATE * 4, 4, 16)
        self._head = (
            b"RIFF"
            + struct.pack("<I", 36 + data)
            + b"WAVEfmt "
            + struct.pack("<I", 16)
            + form
            + b"data"
            + struct.pack("<I", data)
        )

    def encode(self, samples: Samples) -> bytes:
        head, self._head = self._head, b""
        return head + pcm16(samples, "<i2")

    def finish(self) -> bytes:
        return b""


def pcm16(samples: Samples, kind: str) -> bytes:
    return np.clip(np.rint(samples * 32_767), -32_768, 32_767).astype(kind).tobytes()
