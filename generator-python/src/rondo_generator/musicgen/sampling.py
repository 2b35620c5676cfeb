"""Chooses the next tokens on the device of the model.

A random number depends only on the seed, the position in the piece, the codebook and the token. So the other pieces in
the batch don't change the random numbers of a piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

#: The maximum of `top_k`: each token is chosen from at most this number of the most probable tokens.
TOP_K_MOST = 250
BITS_32 = 0xFFFFFFFF


@dataclass(frozen=True)
class Sampling:
    """The settings of one piece. `top_k=1` always takes the most probable token."""

    seed: int = 0
    top_k: int = TOP_K_MOST
    #: Greater than 0.
    temperature: float = 1.0
    #: The weight of the prompt (classifier-free guidance). 1 means no guidance.
    guidance: float = 3.0


def guided(logits: Tensor, guidance: Tensor) -> Tensor:
    """Combines the logits of each slot with and without the prompt (classifier-free guidance).

    `logits` has the shape (slots, 2, …): index 0 is with the prompt, and index 1 is without the prompt. `guidance` has
    the shape (slots). The result has the shape (slots, …).
    """
    with_prompt, without_prompt = logits[:, 0], logits[:, 1]
    scale = guidance.view(-1, *[1] * (with_prompt.dim() - 1))
    return without_prompt + (with_prompt - without_prompt) * scale


def sample(logits: Tensor, *, frame: Tensor, seed: Tensor, top_k: Tensor, temperature: Tensor) -> Tensor:
    """Returns a token for each slot and codebook, shape (slots, codebooks).

    `logits` has the shape (slots, codebooks, vocabulary). `frame` has the shape (slots, codebooks) and contains
    positions in the piece. `seed` has the shape (slots, 2) and contains the lower and the upper 32 bits of each seed.
    `top_k` and `temperature` have the shape (slots).

    Each candidate token gets the score "logit / temperature + Gumbel noise", and the token with the largest score is
    returned. This chooses a token with the probabilities of the softmax (the Gumbel-max trick).
    """
    count = min(TOP_K_MOST, logits.shape[-1])
    best, tokens = torch.topk(logits.float(), count, dim=-1, sorted=True)
    scores = best / temperature.view(-1, 1, 1) + gumbel_noise(seed, frame, tokens)
    rank = torch.arange(count, device=logits.device)
    scores = scores.masked_fill(rank >= top_k.view(-1, 1, 1), float("-inf"))
    return tokens.gather(-1, scores.argmax(dim=-1, keepdim=True)).squeeze(-1)


def gumbel_noise(seed: Tensor, frame: Tensor, tokens: Tensor) -> Tensor:
    """Returns a random number for each seed, frame, codebook and token: shape (slots, codebooks, candidates)."""
    codebook = torch.arange(frame.shape[1], device=frame.device)
    key = mixed(mixed(mixed(seed[:, :1]) ^ seed[:, 1:]) ^ (frame & BITS_32))
    key = mixed(key ^ (codebook * 0x9E3779B9 & BITS_32))
    bits = mixed(mixed(tokens + 1) ^ key.unsqueeze(-1))
    uniform = ((bits >> 9).float() + 0.5) / 2**23
    return -torch.log(-torch.log(uniform))


def mixed(number: Tensor) -> Tensor:
    """Hashes 32-bit integers that are stored as 64-bit integers, with the constants of Chris Wellons' "lowbias32"."""
    number = (number ^ (number >> 16)) * 0x7FEB352D & BITS_32
    number = (number ^ (number >> 15)) * 0x846CA68B & BITS_32
    return number ^ (number >> 16)


def halves_of(seed: int) -> tuple[int, int]:
    """Returns the lower and the upper 32 bits of a seed. Further bits are ignored."""
    return seed & BITS_32, seed >> 32 & BITS_32
