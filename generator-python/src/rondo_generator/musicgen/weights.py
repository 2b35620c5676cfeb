"""Loads the weights of a MusicGen model, by its name or from a folder. Other types of models are refused."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import (
    AutoTokenizer,
    EncodecModel,
    MusicgenConfig,
    MusicgenForCausalLM,
    MusicgenForConditionalGeneration,
    PreTrainedTokenizerBase,
    T5EncoderModel,
)

from .memory import check_memory
from .model_shape import ModelShape, UnusableModel, model_shape

WEIGHTS_LICENCE = (
    "CC-BY-NC 4.0: the weights of MusicGen are not for commercial use. Models that may be used commercially are "
    "ACE-Step 1.5 (MIT), Magenta RealTime 2 (CC-BY 4.0) and Stable Audio 3 (community licence)."
)


@dataclass(frozen=True)
class Weights:
    shape: ModelShape
    decoder: MusicgenForCausalLM
    text_encoder: T5EncoderModel
    #: Maps the text encoder's hidden states to the size of the decoder's hidden states. None if the sizes are the same.
    text_projection: torch.nn.Linear | None
    codec: EncodecModel
    tokenizer: PreTrainedTokenizerBase

    @property
    def device(self) -> torch.device:
        return self.decoder.device

    @property
    def dtype(self) -> torch.dtype:
        return self.decoder.dtype


def load_weights(
    source: str,
    *,
    device: torch.device,
    dtype: torch.dtype,
    slots: int,
    window_frames: int,
    text_tokens: int,
) -> Weights:
    """Loads a model. `source` is a folder or a name such as facebook/musicgen-small.

    If `source` is a name and the model is not in the local cache, the model is downloaded. Raises UnusableModel if the
    model can't be loaded, is not a MusicGen model, or doesn't fit in the free memory.
    """
    config = read_config(source)
    model_shape(config)
    check_memory(
        config, slots=slots, window_frames=window_frames, text_tokens=text_tokens, device=device, dtype=dtype
    )
    try:
        model, found = MusicgenForConditionalGeneration.from_pretrained(
            source, dtype=torch.float32, output_loading_info=True
        )
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError, RuntimeError) as error:
        raise UnusableModel(f'"{source}" can\'t be loaded: {first_line(error)}') from error
    if found["missing_keys"]:
        missing = sorted(found["missing_keys"])[0]
        raise UnusableModel(f'"{source}" has no weights for {missing}. Download the whole model again.')
    return move(model, tokenizer, device=device, dtype=dtype)


def move(
    model: MusicgenForConditionalGeneration,
    tokenizer: PreTrainedTokenizerBase,
    *,
    device: torch.device,
    dtype: torch.dtype,
) -> Weights:
    """Moves the model to the device, and converts only the model's decoder to `dtype`. Changes `model` itself.

    The text encoder (T5) keeps 32 bits, because it loses precision with 16 bits. The codec also keeps 32 bits, because
    its output is the sound.
    """
    model.requires_grad_(False).eval()
    is_projected = hasattr(model, "enc_to_dec_proj")
    return Weights(
        shape=model_shape(model.config),
        decoder=model.decoder.to(device=device, dtype=dtype),
        text_encoder=model.text_encoder.to(device=device),
        text_projection=model.enc_to_dec_proj.to(device=device) if is_projected else None,
        codec=model.audio_encoder.to(device=device),
        tokenizer=tokenizer,
    )


def read_config(source: str) -> MusicgenConfig:
    """Reads the configuration. Raises UnusableModel if there is none, or if the model has another type."""
    try:
        facts, _ = MusicgenConfig.get_config_dict(source)
    except (OSError, ValueError) as error:
        raise UnusableModel(f'"{source}" contains no model: {first_line(error)}') from error
    if not facts:
        raise UnusableModel(f'"{source}" contains no model: it has no config.json.')
    kind = facts.get("model_type", "unknown")
    if kind != "musicgen":
        raise UnusableModel(
            f'"{source}" holds a model of the type "{kind}". Use MusicGen small, medium or large, mono or stereo.'
        )
    return MusicgenConfig.from_dict(facts)


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
