"""Runs MusicGen's decoder with the published weights, for several pieces that are at different positions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import MusicgenForCausalLM

from .slots import ROWS, Slots


class Transformer:
    """Computes the same as MusicgenForCausalLM of the library transformers, but with a position for each slot.

    MusicgenForCausalLM has only one position for a whole batch, so all its pieces would have to begin together.
    """

    def __init__(self, model: MusicgenForCausalLM, slots: Slots) -> None:
        decoder = model.model.decoder
        self._slots = slots
        self._embeddings = decoder.embed_tokens
        self._layers = decoder.layers
        self._last_norm = decoder.layer_norm
        #: The heads of all codebooks as one matrix, shape (codebooks · vocabulary, hidden).
        self._heads = torch.cat([head.weight for head in model.lm_heads])
        # Each window of a piece begins at position 0 again, so the table is only as long as a window.
        table = decoder.embed_positions.get_embedding(slots.columns, slots.shape.hidden)
        self._positions = table.to(self._heads)

    def read_text(self, slot: int, text: Tensor) -> None:
        """Stores the keys and values of a prompt. `text` is the encoded prompt, shape (tokens, hidden)."""
        slots, count = self._slots, text.shape[0]
        by_head = (count, slots.shape.heads, slots.shape.head_size)
        for number, layer in enumerate(self._layers):
            attention = layer.encoder_attn
            keys, values = attention.k_proj(text), attention.v_proj(text)
            slots.text_keys[number, slot, :, :count] = keys.view(by_head).transpose(0, 1)
            slots.text_values[number, slot, :, :count] = values.view(by_head).transpose(0, 1)
        slots.text_length[slot] = count

    def logits(self, count: int, length: int) -> Tensor:
        """Returns the logits of the first `count` slots at their positions. All these positions must be below `length`.

        The shape is (count, 2, codebooks, vocabulary). The first row of a slot uses the prompt, the second does not.
        Also stores the keys and values of the columns at these positions.
        """
        slots = self._slots
        at = slots.position[:count, None]
        columns = slots.tokens[:count].gather(2, at[:, None].expand(-1, slots.shape.codebooks, -1))
        hidden = self._forward(columns, at, 0, count, length)
        scores = F.linear(self._last_norm(hidden[:, -1]), self._heads)
        return scores.view(count, ROWS, slots.shape.codebooks, slots.shape.vocabulary)

    def prefill(self, slot: int, start: int, end: int) -> None:
        """Stores the keys and values of one slot's columns from `start` up to, but not including, `end`."""
        columns = self._slots.tokens[slot : slot + 1, :, start:end]
        at = self._slots.column_numbers[None, start:end]
        self._forward(columns, at, slot, slot + 1, end)

    def _forward(self, columns: Tensor, at: Tensor, first: int, last: int, length: int) -> Tensor:
        """Reads `columns` (slots, codebooks, steps) at the positions `at` (slots, steps).

        Also stores the keys and values of the columns. The slots are those from `first` up to, but not including,
        `last`. Returns the hidden state, shape (2 · slots, steps, hidden).
        """
        slots, shape = self._slots, self._slots.shape
        embedded = self._embeddings[0](columns[:, 0])
        for codebook in range(1, shape.codebooks):
            embedded = embedded + self._embeddings[codebook](columns[:, codebook])
        hidden = (embedded + self._positions[at]).repeat_interleave(ROWS, dim=0)
        at = at.repeat_interleave(ROWS, dim=0)
        rows = torch.arange(at.shape[0], device=at.device)[:, None]
        is_past = slots.column_numbers[:length] <= at[:, None, :, None]
        is_text = slots.text_numbers < slots.text_length[first:last, None, None, None]
        by_head = (*at.shape, shape.heads, shape.head_size)
        for number, layer in enumerate(self._layers):
            own = layer.self_attn
            normed = layer.self_attn_layer_norm(hidden)
            keys = slots.keys[number, first:last].view(at.shape[0], *slots.keys.shape[3:])
            values = slots.values[number, first:last].view(at.shape[0], *slots.values.shape[3:])
            keys[rows, :, at] = own.k_proj(normed).view(by_head)
            values[rows, :, at] = own.v_proj(normed).view(by_head)
            query = own.q_proj(normed).view(by_head).transpose(1, 2)
            past = F.scaled_dot_product_attention(
                query, keys[:, :, :length], values[:, :, :length], attn_mask=is_past
            )
            hidden = hidden + own.out_proj(past.transpose(1, 2).flatten(2))

            # Each slot has two rows: the first with the prompt, the second without. For the second row, the attention
            # to the text would only add zeros. So this attention is computed for the first row only.
            text = layer.encoder_attn
            with_prompt = hidden.view(-1, ROWS, *hidden.shape[1:])[:, 0]
            normed = layer.encoder_attn_layer_norm(with_prompt)
            query = text.q_proj(normed).view(-1, *by_head[1:]).transpose(1, 2)
            read = F.scaled_dot_product_attention(
                query,
                slots.text_keys[number, first:last],
                slots.text_values[number, first:last],
                attn_mask=is_text,
            )
            with_prompt += text.out_proj(read.transpose(1, 2).flatten(2))

            normed = layer.final_layer_norm(hidden)
            hidden = hidden + layer.fc2(layer.activation_fn(layer.fc1(normed)))
        return hidden
