"""Defines the sizes of a MusicGen model as plain numbers, which the other modules use."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import MusicgenConfig


class UnusableModel(Exception):
    """The model can't be served. The message of the exception tells the operator why, and often what to do."""


@dataclass(frozen=True)
class ModelShape:
    layers: int
    heads: int
    #: The length of the decoder's hidden state for one column. A column contains one token of each codebook.
    hidden: int
    #: The number of codebooks of all channels together: 4 for a mono model, 8 for a stereo model.
    codebooks: int
    #: 1 or 2. In a stereo model the codebooks of the two channels alternate: left, right, left, right.
    channels: int
    #: The number of tokens of sound in each codebook. These tokens have the numbers from 0 to vocabulary - 1. The
    #: padding token has the number `vocabulary`.
    vocabulary: int
    #: The number of EnCodec frames per second.
    frames_per_second: int
    #: The number of samples per second in each channel.
    sample_rate: int

    @property
    def head_size(self) -> int:
        return self.hidden // self.heads

    @property
    def samples_per_frame(self) -> int:
        return self.sample_rate // self.frames_per_second

    @property
    def delays(self) -> tuple[int, ...]:
        """Returns the delay of each codebook, in steps.

        The tokens of one frame are made in several steps. A delay of 2 means that the token of the codebook is made two
        steps after the token of the first codebook.
        """
        return tuple(codebook // self.channels for codebook in range(self.codebooks))

    @property
    def delay_most(self) -> int:
        return self.delays[-1]


def model_shape(config: MusicgenConfig) -> ModelShape:
    """Reads the sizes from the configuration. If the audio of the model can't be streamed, raises UnusableModel."""
    decoder, codec = config.decoder, config.audio_encoder
    if codec.model_type != "encodec" or codec.use_causal_conv or codec.norm_type != "weight_norm":
        raise UnusableModel("The audio of this model can't be streamed: its codec is not EnCodec at 32 kHz.")
    if codec.chunk_length_s is not None or codec.normalize or codec.audio_channels != 1:
        raise UnusableModel("The audio of this model can't be streamed: its EnCodec works in chunks.")
    return ModelShape(
        layers=decoder.num_hidden_layers,
        heads=decoder.num_attention_heads,
        hidden=decoder.hidden_size,
        codebooks=decoder.num_codebooks,
        channels=decoder.audio_channels,
        vocabulary=decoder.vocab_size,
        frames_per_second=codec.sampling_rate // codec.hop_length,
        sample_rate=codec.sampling_rate,
    )
