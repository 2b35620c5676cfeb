"""Tests decoding with EnCodec part by part: the sound, the frames that are held back, and the size of the state."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rondo_generator.musicgen.codec import CodecState, StreamingCodec

from .musicgen_parts import decoded_at_once, tiny_weights
from .tiny_musicgen import TOKENS


def random_codes(streams: int, codebooks: int, frames: int) -> torch.Tensor:
    return torch.randint(0, TOKENS, (streams, codebooks, frames), generator=torch.Generator().manual_seed(3))


def codec_of(channels: int) -> StreamingCodec:
    return StreamingCodec(tiny_weights(channels=channels).codec, channels=channels)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("sizes", [(29, 50, 30, 28), (8, 1, 1, 2, 40), (29, 5), (12,)])
def test_decoding_in_parts_gives_the_same_sound_as_decoding_all_frames_at_once(
    channels: int, sizes: tuple[int, ...]
) -> None:
    codec = codec_of(channels)
    codes = random_codes(3, 4 * channels, sum(sizes))
    states = [codec.begin() for _ in range(3)]
    parts, start = [], 0
    for size in sizes:
        is_last = start + size == sum(sizes)
        parts.append(codec.decode(states, codes[:, :, start : start + size], is_last=is_last))
        start += size
    streamed = torch.cat(parts, dim=-1).numpy()
    for number in range(3):
        whole = decoded_at_once(codes[number].numpy().astype(np.int16), channels=channels)
        assert whole.std() > 0.01
        assert np.abs(streamed[number].T - whole).max() <= 1e-5


def test_a_call_that_is_not_the_last_holds_back_four_frames() -> None:
    codec = codec_of(1)
    assert codec.held_back == 4
    made = codec.decode([codec.begin()], random_codes(1, 4, 29), is_last=False)
    assert made.shape == (1, 1, 25 * 640)


def test_the_state_of_a_stream_does_not_grow_after_the_first_call() -> None:
    codec = codec_of(1)
    state = codec.begin()

    def size(one: CodecState) -> int:
        return sum(part.numel() for part in (one.embedded, one.recurred, one.hidden, one.cell))

    codec.decode([state], random_codes(1, 4, 29), is_last=False)
    first = size(state)
    for _ in range(5):
        codec.decode([state], random_codes(1, 4, 50), is_last=False)
    assert size(state) == first
