"""Encodes prompts for the decoder's attention."""

from __future__ import annotations

import logging

import torch
from torch import Tensor

from .weights import Weights

log = logging.getLogger(__name__)


def encode_text(weights: Weights, text: str, tokens_most: int) -> Tensor:
    """Returns the encoded text with the shape (tokens, hidden).

    If the text has more than `tokens_most` tokens, only the first `tokens_most` tokens are encoded, and a warning is
    logged. Such long texts occur, because Rondo allows prompts of up to 2,000 characters.
    """
    numbers = weights.tokenizer(text, return_tensors="pt").input_ids
    if numbers.shape[1] > tokens_most:
        log.warning("a prompt of %d tokens was cut to %d", numbers.shape[1], tokens_most)
        numbers = numbers[:, :tokens_most]
    with torch.inference_mode():
        encoded = weights.text_encoder(input_ids=numbers.to(weights.device)).last_hidden_state[0]
        if weights.text_projection is not None:
            encoded = weights.text_projection(encoded)
        made: Tensor = encoded.to(weights.dtype)
        return made
