"""Tests the decode loop: it makes the same tokens as transformers' generate, and pieces don't affect each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from rondo_generator.musicgen.decode_loop import Codes, DecodeLoop
from rondo_generator.musicgen.piece import Piece, Windows
from rondo_generator.musicgen.sampling import gumbel_noise, halves_of, sample

from .musicgen_parts import Studio, sound_of, tiny_studio
from .tiny_musicgen import tiny_model, tiny_tokenizer


def stock_codes(
    frames: int, *, channels: int, guidance: float, prompt: str = "calm piano", given: Codes | None = None
) -> Codes:
    """Returns the first `frames` frames of the result of transformers' method `generate`.

    `generate` makes three more frames, which are left out. If `given` is passed, the piece begins with these frames.
    """
    model = tiny_model(channels=channels)
    heard: list[torch.Tensor] = []
    stock_decode = model.audio_encoder.decode

    def decode(codes: torch.Tensor, **more: object) -> object:
        heard.append(codes)
        return stock_decode(codes, **more)

    model.audio_encoder.decode = decode
    # The columns: 1 of padding, 1 for each of the `frames` frames, 3 for the frames that are left out, and 3 for the
    # delay of the last codebook.
    columns = 1 + frames + 2 * 3
    begin = {} if given is None else {"decoder_input_ids": torch.from_numpy(given.astype(np.int64))}
    model.generate(
        **tiny_tokenizer()([prompt], return_tensors="pt", return_token_type_ids=False),
        **begin,
        do_sample=False,
        guidance_scale=guidance,
        max_length=columns,
    )
    by_channel = [codes[0, 0] for codes in heard]
    codes: Codes = torch.stack(by_channel, dim=1).flatten(0, 1).numpy()[:, :frames].astype(np.int16)
    return codes


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_greedy_tokens_equal_those_of_the_stock_generate(channels: int, guidance: float) -> None:
    studio = tiny_studio(channels=channels)
    pieces = [
        studio.piece(60, prompt=prompt, top_k=1, guidance=guidance) for prompt in ("calm piano", "a drum")
    ]
    studio.finish(pieces)
    for piece, prompt in zip(pieces, ("calm piano", "a drum"), strict=True):
        expected = stock_codes(60, channels=channels, guidance=guidance, prompt=prompt)
        assert len(np.unique(expected)) > 10
        assert (piece.codes == expected).all()


@pytest.mark.parametrize("channels", [1, 2])
def test_the_next_window_has_the_tokens_that_the_stock_generate_makes_from_the_end_of_the_previous_window(
    channels: int,
) -> None:
    studio = tiny_studio(channels=channels)
    piece = studio.piece(150, top_k=1)
    studio.finish([piece])
    # The windows contain the frames 0 to 100 and 60 to 150.
    end = piece.codes[:, 60:100]
    expected = stock_codes(90, channels=channels, guidance=3.0, given=end)
    assert (expected[:, :40] == end).all()
    assert (piece.codes[:, 60:] == expected).all()


PIECE: dict[str, Any] = {"prompt": "house with strings", "seed": 2**62 + 5}


@pytest.fixture(scope="module")
def studio() -> Studio:
    return tiny_studio()


@pytest.fixture(scope="module")
def alone(studio: Studio) -> Iterator[Codes]:
    piece = studio.piece(70, **PIECE)
    studio.finish([piece])
    yield piece.codes.copy()


def others(studio: Studio, count: int) -> list[Piece]:
    return [studio.piece(70, prompt=f"other piece {number}", seed=number) for number in range(count)]


def test_a_piece_has_the_same_tokens_alone_and_beside_seven_others(studio: Studio, alone: Codes) -> None:
    neighbours = others(studio, 7)
    piece = studio.piece(70, **PIECE)
    studio.finish([piece, *neighbours])
    assert piece.slot == 7
    assert (piece.codes == alone).all()
    assert len({one.codes.tobytes() for one in [piece, *neighbours]}) == 8


def test_a_piece_that_joins_late_has_the_same_tokens_as_alone(studio: Studio, alone: Codes) -> None:
    neighbours = others(studio, 5)
    studio.advance(37)
    piece = studio.piece(70, **PIECE)
    studio.finish([piece, *neighbours])
    assert (piece.codes == alone).all()


def test_a_piece_with_cancelled_neighbours_has_the_same_tokens_as_alone(studio: Studio, alone: Codes) -> None:
    neighbours = others(studio, 3)
    piece = studio.piece(70, **PIECE)
    studio.advance(20)
    neighbours[0].stop.set()
    studio.advance(11)
    neighbours[2].stop.set()
    studio.finish([piece, *neighbours])
    assert (piece.codes == alone).all()


def test_a_piece_in_a_reused_slot_has_the_same_tokens_as_alone(studio: Studio, alone: Codes) -> None:
    first = others(studio, 1)[0]
    studio.advance(45)
    first.stop.set()
    studio.advance()
    piece = studio.piece(70, **PIECE)
    studio.finish([piece])
    assert piece.slot == first.slot == 0
    assert (piece.codes == alone).all()


def test_another_seed_gives_another_piece(studio: Studio, alone: Codes) -> None:
    piece = studio.piece(70, prompt=PIECE["prompt"], seed=6)
    studio.finish([piece])
    assert (piece.codes != alone).mean() > 0.5


def test_a_slot_contains_nothing_of_the_previous_piece(studio: Studio) -> None:
    piece = others(studio, 1)[0]
    studio.finish([piece])
    slots = studio.loop.slots
    for memory in (slots.keys, slots.values, slots.text_keys, slots.text_values):
        assert memory[:, piece.slot].abs().max() == 0
    assert (slots.tokens[piece.slot] == slots.shape.vocabulary).all()


def test_the_beginning_of_a_window_is_read_in_parts_while_the_other_slots_continue() -> None:
    studio = tiny_studio(windows=Windows(frames=300, repeated=200))
    other = studio.piece(250, prompt="other")
    studio.advance(10)
    given = np.random.default_rng(1).integers(0, 64, (4, 200)).astype(np.int16)
    piece = studio.piece(260, given=given, seed=9)
    before = studio.loop.position(other.slot)
    studio.advance()
    assert not studio.loop.is_prefilled(piece.slot)
    assert studio.loop.position(other.slot) == before + 1
    studio.advance(3)
    assert studio.loop.is_prefilled(piece.slot)
    alone = tiny_studio(windows=Windows(frames=300, repeated=200))
    same = alone.piece(260, given=given, seed=9)
    alone.finish([same])
    studio.finish([piece])
    assert (piece.codes == same.codes).all()
    assert (piece.codes[:, :200] == given).all()
    other.stop.set()


def test_the_noise_depends_only_on_the_seed_and_the_position() -> None:
    def noise(seed: int, frame: int) -> torch.Tensor:
        halves = torch.tensor([halves_of(seed)])
        return gumbel_noise(halves, torch.full((1, 4), frame), torch.arange(1000).expand(1, 4, -1))

    one = noise(7, 3)
    assert (one == noise(7, 3)).all()
    for other in (noise(8, 3), noise(7, 4), noise(7 + 2**40, 3)):
        assert (one != other).float().mean() > 0.99
    assert len(one.unique()) > 3_900
    # A Gumbel distribution has the mean 0.577 and the variance 1.645.
    assert abs(one.mean().item() - 0.577) < 0.1
    assert abs(one.var().item() - 1.645) < 0.2


def test_tokens_are_sampled_with_the_probabilities_of_the_softmax() -> None:
    probabilities = torch.tensor([0.6, 0.3, 0.1])
    count = 4_000
    tokens = sample(
        probabilities.log().expand(count, 1, -1),
        frame=torch.arange(count)[:, None],
        seed=torch.tensor([halves_of(11)]).expand(count, -1),
        top_k=torch.full((count,), 250),
        temperature=torch.ones(count),
    )
    found = torch.bincount(tokens.flatten(), minlength=3) / count
    assert (found - probabilities).abs().max() < 0.03


def test_a_token_outside_the_top_k_is_never_chosen() -> None:
    tokens = sample(
        torch.tensor([3.0, 2.9, 2.8, 2.7]).expand(500, 1, -1),
        frame=torch.arange(500)[:, None],
        seed=torch.tensor([halves_of(1)]).expand(500, -1),
        top_k=torch.full((500,), 2),
        temperature=torch.ones(500),
    )
    assert set(tokens.flatten().tolist()) == {0, 1}


def test_a_step_with_eight_slots_takes_less_than_two_and_a_half_times_as_long_as_with_one() -> None:
    from rondo_generator.musicgen.warm_up import measure_step_rates

    studio = tiny_studio()
    loop = DecodeLoop(studio.weights, slots=8, window_frames=1500, text_tokens=64)
    found = []
    # Other programs can disturb a measurement, so the test measures up to six times.
    for _ in range(6):
        rates = measure_step_rates(loop, studio.codec)
        found.append(rates[0].steps_per_second / rates[-1].steps_per_second)
        if found[-1] < 2.5:
            break
    assert min(found) < 2.5


def test_the_thread_of_the_scheduler_makes_pieces_and_ends_when_the_scheduler_is_closed() -> None:
    studio = tiny_studio(is_threaded=True)
    pieces = [studio.piece(30, seed=number) for number in range(12)]
    assert all(len(sound_of(piece)) == 30 * 640 for piece in pieces)
    studio.scheduler.close()
    assert "musicgen" not in [thread.name for thread in threading.enumerate()]
