"""Decodes with EnCodec part by part. The sound is the same as if one call decoded all frames.

The decoder has three stages: a convolution over frames, an LSTM, and convolutions that turn frames into samples. The
sound of a frame depends on a few frames before and after it, and on the state of the LSTM after the earlier frames.

Between two parts, `CodecState` keeps what the next part needs: the state of the LSTM, the last input frames of the
first convolution, and the last output frames of the LSTM. The last frames of a part can't be decoded until the frames
after them are known. These are 4 frames (80 ms) with EnCodec at 32 kHz.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import EncodecModel
from transformers.models.encodec.modeling_encodec import (
    EncodecConv1d,
    EncodecConvTranspose1d,
    EncodecResnetBlock,
)


@dataclass
class CodecState:
    """The state of one stream between two calls of `decode`."""

    #: The last embedded frames, shape (channels, embedding, frames).
    embedded: Tensor
    #: The last frames after the LSTM, shape (channels, features, frames).
    recurred: Tensor
    #: `hidden` and `cell` are the two states of the LSTM, both of the shape (layers, channels, features).
    hidden: Tensor
    cell: Tensor
    has_begun: bool = False


class StreamingCodec:
    """The constructor changes `codec`: it removes the weight normalization of the decoder."""

    def __init__(self, codec: EncodecModel, *, channels: int) -> None:
        self._codec = codec
        self._channels = channels
        self._first, self._lstm, *self._rest = codec.decoder.layers
        fold_weight_norm(codec.decoder)
        self._samples_per_frame = codec.config.hop_length
        #: The number of neighbouring frames that the first convolution needs on each side.
        self._frames_around = int(self._first.padding_total) // 2
        #: The numbers of frames that the other layers need before and after a frame.
        self._before, self._after = neighbours_of(self._rest)
        #: The number of frames at the end of a part that wait for the next part, because they need its frames.
        self.held_back = self._frames_around + self._after

    def begin(self) -> CodecState:
        lstm = self._lstm.lstm
        empty = lstm.weight_ih_l0.new_zeros
        features = lstm.hidden_size
        state = empty((lstm.num_layers, self._channels, features))
        return CodecState(
            embedded=empty((self._channels, self._codec.config.hidden_size, 0)),
            recurred=empty((self._channels, features, 0)),
            hidden=state,
            cell=state.clone(),
        )

    def decode(self, states: Sequence[CodecState], codes: Tensor, *, is_last: bool) -> Tensor:
        """Returns samples, shape (streams, channels, samples), and updates the states.

        `codes` has the shape (streams, codebooks, frames). The streams of one call must all be at their beginning, or
        all have begun. The first call needs at least 8 frames, unless it is also the last call (`is_last`). Without
        `is_last`, the samples of the last `held_back` frames are not in the result: the next call returns them.
        """
        is_first = not states[0].has_begun
        around = self._frames_around
        embedded = torch.cat([torch.cat([one.embedded for one in states]), self._embed(codes)], dim=-1)
        convolved_frames = cropped(
            convolved(self._first, embedded), 0 if is_first else around, 0 if is_last else around
        )
        frames, (hidden, cell) = self._lstm.lstm(
            convolved_frames.permute(2, 0, 1),
            (
                torch.cat([one.hidden for one in states], dim=1),
                torch.cat([one.cell for one in states], dim=1),
            ),
        )
        frames = frames.permute(1, 2, 0) + convolved_frames
        recurred = torch.cat([torch.cat([one.recurred for one in states]), frames], dim=-1)
        samples = recurred
        for layer in self._rest:
            samples = applied(layer, samples)
        before = 0 if is_first else self._before * self._samples_per_frame
        after = 0 if is_last else self._after * self._samples_per_frame
        samples = cropped(samples, before, after)

        for number, state in enumerate(states):
            own = slice(number * self._channels, (number + 1) * self._channels)
            state.embedded = embedded[own, :, -2 * around :].clone()
            state.recurred = recurred[own, :, -(self._before + self._after) :].clone()
            state.hidden, state.cell = hidden[:, own].clone(), cell[:, own].clone()
            state.has_begun = True
        return samples.reshape(len(states), self._channels, -1)

    def encode(self, samples: Tensor) -> Tensor:
        """Encodes a whole sound: (channels, samples) becomes (codebooks, frames)."""
        codes = self._codec.encode(samples[:, None]).audio_codes[0]
        # The codebooks of the channels alternate in the result.
        return codes.transpose(0, 1).flatten(0, 1)

    def _embed(self, codes: Tensor) -> Tensor:
        """Embeds codes: (streams, codebooks, frames) becomes (streams · channels, embedding, frames)."""
        by_channel = codes.unflatten(1, (-1, self._channels)).transpose(1, 2).flatten(0, 1)
        return self._codec.quantizer.decode(by_channel.transpose(0, 1))


def cropped(results: Tensor, before: int, after: int) -> Tensor:
    """Removes the first `before` and the last `after` results, which are wrong, because neighbours are missing."""
    return results[..., before : results.shape[-1] - after]


def applied(layer: nn.Module, samples: Tensor) -> Tensor:
    if isinstance(layer, EncodecConv1d):
        return convolved(layer, samples)
    if isinstance(layer, EncodecConvTranspose1d):
        after = (layer.conv.kernel_size[0] - layer.conv.stride[0]) // 2
        before = layer.conv.kernel_size[0] - layer.conv.stride[0] - after
        made: Tensor = layer.conv(samples)
        return made[..., before : made.shape[-1] - after]
    if isinstance(layer, EncodecResnetBlock):
        residual = applied(layer.shortcut, samples)
        for inner in layer.block:
            samples = applied(inner, samples)
        return residual + samples
    done: Tensor = layer(samples)
    return done


def convolved(layer: EncodecConv1d, samples: Tensor) -> Tensor:
    """Computes the same as the forward pass of a layer that has stride 1 and is not causal.

    The forward pass itself would wait for the GPU at every call.
    """
    total = (layer.conv.kernel_size[0] - 1) * layer.conv.dilation[0] + 1 - layer.conv.stride[0]
    after = total // 2
    made: Tensor = layer.conv(layer._pad1d(samples, (total - after, after), mode=layer.pad_mode))
    return made


def neighbours_of(layers: Sequence[nn.Module]) -> tuple[int, int]:
    """Returns how many frames to the left and to the right of a frame affect the samples of this frame."""
    left = right = 0
    for layer in reversed(list(flattened(layers))):
        if isinstance(layer, EncodecConvTranspose1d):
            kernel, stride = layer.conv.kernel_size[0], layer.conv.stride[0]
            before = kernel - stride - (kernel - stride) // 2
            left = (left + kernel - 1 - before) // stride
            right = (right - 1 + before) // stride + 1
        elif isinstance(layer, EncodecConv1d):
            reach = (layer.conv.kernel_size[0] - 1) * layer.conv.dilation[0]
            left, right = left + reach - reach // 2, right + reach // 2
    return left, right


def flattened(layers: Sequence[nn.Module]) -> list[nn.Module]:
    """Returns the layers with each residual block replaced by its inner layers.

    The shortcut of the block is left out, because it depends on fewer neighbouring frames than the inner layers.
    """
    return [
        inner
        for layer in layers
        for inner in (list(layer.block) if isinstance(layer, EncodecResnetBlock) else [layer])
    ]


def fold_weight_norm(module: nn.Module) -> None:
    """Removes weight normalization: computes each normalized weight once, instead of at every call."""
    for part in module.modules():
        if parametrize.is_parametrized(part, "weight"):
            parametrize.remove_parametrizations(part, "weight")
