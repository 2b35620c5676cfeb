"""Makes a tiny MusicGen with random weights. Like the released models, the tiny model has 4 codebooks per channel, and
EnCodec at 32 kHz.

`python -m tests.tiny_musicgen FOLDER` writes the model to a folder. The engine loads the model from this folder like a
released MusicGen.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    EncodecConfig,
    MusicgenConfig,
    MusicgenDecoderConfig,
    MusicgenForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Config,
)

TOKENS = 64


def tiny_config(*, channels: int = 1, layers: int = 2) -> MusicgenConfig:
    return MusicgenConfig(
        text_encoder=T5Config(
            vocab_size=300, d_model=24, d_kv=8, d_ff=32, num_layers=2, num_heads=2, dropout_rate=0.0
        ),
        audio_encoder=EncodecConfig(
            sampling_rate=32_000,
            audio_channels=1,
            normalize=False,
            num_filters=4,
            hidden_size=16,
            upsampling_ratios=[8, 5, 4, 4],
            codebook_size=TOKENS,
            target_bandwidths=[1.2],
            use_causal_conv=False,
            use_conv_shortcut=False,
            norm_type="weight_norm",
        ),
        decoder=MusicgenDecoderConfig(
            vocab_size=TOKENS,
            max_position_embeddings=2048,
            num_hidden_layers=layers,
            ffn_dim=64,
            num_attention_heads=4,
            hidden_size=32,
            dropout=0.0,
            num_codebooks=4 * channels,
            audio_channels=channels,
            pad_token_id=TOKENS,
            bos_token_id=TOKENS,
        ),
    )


def tiny_model(*, channels: int = 1, layers: int = 2, seed: int = 1) -> MusicgenForConditionalGeneration:
    torch.manual_seed(seed)
    model = MusicgenForConditionalGeneration(tiny_config(channels=channels, layers=layers)).eval()
    with torch.no_grad():
        # The weights of a new model are so small that each step would give nearly the same logits. So the decoder gets
        # larger random weights.
        for weights in model.decoder.parameters():
            if weights.dim() > 1:
                weights.normal_(std=0.3)
        for codebook in model.audio_encoder.quantizer.layers:
            codebook.codebook.embed.normal_()
        # The biases are set to 0, so that the sound depends only on the codes. The sound of random weights contains
        # high tones and a constant part (0 Hz). `rondo generator check` would report them as noise and as clipping, so
        # the last convolution becomes a filter that removes them.
        modules = model.audio_encoder.decoder.modules()
        convolutions = [one for one in modules if isinstance(one, torch.nn.Conv1d | torch.nn.ConvTranspose1d)]
        for convolution in convolutions:
            convolution.bias.zero_()
        taps = torch.hann_window(9)[1:-1] * torch.sin(torch.arange(-3, 4) * 0.5)
        convolutions[-1].weight = 3 * taps * convolutions[-1].weight.sum(dim=-1, keepdim=True)
    model.generation_config.decoder_start_token_id = TOKENS
    model.generation_config.pad_token_id = TOKENS
    model.generation_config.bos_token_id = TOKENS
    return model


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """Creates a tokenizer with one token for each byte, and with the two tokens of T5 for padding and for the end."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<pad>": 0, "</s>": 1} | {letter: number for number, letter in enumerate(letters, 2)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>")


def write_tiny_musicgen(folder: Path, *, channels: int = 1) -> Path:
    tiny_model(channels=channels).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


if __name__ == "__main__":
    write_tiny_musicgen(Path(sys.argv[1]))
