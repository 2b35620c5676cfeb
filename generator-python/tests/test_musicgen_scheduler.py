"""Tests the pieces from their start to their end: first sound, cancellations, changes of windows, faults and memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rondo_generator.musicgen.decode_loop import Codes
from rondo_generator.musicgen.order import batch_of, pieces_to_step
from rondo_generator.musicgen.piece import Piece, PieceFailed, Sound, Windows

from .musicgen_parts import Studio, blocks_of, decoded_at_once, sound_of, tiny_studio


@pytest.mark.parametrize("channels", [1, 2])
def test_decoding_in_blocks_beside_other_pieces_gives_the_same_sound_as_all_frames_at_once(
    channels: int,
) -> None:
    studio = tiny_studio(channels=channels)
    pieces = [studio.piece(frames, seed=frames) for frames in (130, 130, 131, 60)]
    studio.finish(pieces)
    for piece in pieces:
        sound = sound_of(piece)
        assert sound.shape == (piece.frames * 640, channels)
        assert np.abs(sound - decoded_at_once(piece.codes, channels=channels)).max() <= 1e-5


def test_the_first_block_has_half_a_second_after_32_steps_and_later_blocks_have_a_second() -> None:
    studio = tiny_studio()
    piece = studio.piece(200)
    studio.advance(31)
    assert piece.sounds.empty()
    studio.advance()
    first = piece.sounds.get_nowait()
    assert isinstance(first, np.ndarray)
    assert len(first) == 16_000
    studio.finish([piece])
    assert {len(block) for block in blocks_of(piece)[:-1]} == {32_000}


def test_a_cancelled_piece_frees_its_slot_before_the_next_step_and_the_others_continue() -> None:
    studio = tiny_studio(slots=2)
    piece, other, waiting = (studio.piece(300, seed=seed) for seed in range(3))
    studio.advance(40)
    assert waiting.slot == -1
    at = studio.loop.position(other.slot)
    piece.stop.set()
    studio.advance()
    assert piece not in studio.scheduler.pieces()
    assert waiting.slot == piece.slot
    assert studio.loop.position(other.slot) == at + 1
    waiting.stop.set()
    other.stop.set()
    studio.advance()
    assert studio.scheduler.pieces() == []


def test_a_piece_that_is_cancelled_while_its_beginning_is_prefilled_ends_in_the_next_round() -> None:
    studio = tiny_studio(windows=Windows(frames=400, repeated=300))
    given = np.ones((4, 300), dtype=np.int16)
    piece = studio.piece(350, given=given)
    studio.advance(2)
    assert not studio.loop.is_prefilled(piece.slot)
    piece.stop.set()
    studio.advance()
    assert studio.scheduler.pieces() == []


def test_a_waiting_piece_that_is_cancelled_ends_without_a_slot() -> None:
    studio = tiny_studio(slots=1)
    piece, waiting = studio.piece(300), studio.piece(300)
    studio.advance()
    waiting.stop.set()
    studio.advance()
    assert blocks_of(waiting) == []
    assert studio.scheduler.pieces() == [piece]


def test_at_thirty_seconds_the_tokens_continue_and_the_sound_has_no_click() -> None:
    studio = tiny_studio(layers=1, windows=Windows())
    piece = studio.piece(1_600, seed=3)
    studio.finish([piece])
    # A window of MusicGen has 30 s. The second window begins with the last 12 s of the first one.
    assert piece.window_start == 900
    sound = sound_of(piece)
    assert np.abs(sound - decoded_at_once_of(studio, piece)).max() <= 1e-5
    steps = np.abs(np.diff(sound[:, 0]))
    seam = 1_500 * 640
    near = slice(seam - 3_200, seam + 3_200)
    elsewhere = np.delete(steps, near)
    assert steps[near].max() <= elsewhere.max()
    # The tokens after the seam don't repeat the tokens before the seam.
    assert (piece.codes[:, 1_500:] != piece.codes[:, 1_400:1_500]).mean() > 0.5


def decoded_at_once_of(studio: Studio, piece: Piece) -> Sound:
    """Returns the sound that Rondo's codec makes of all frames in one call.

    test_musicgen_codec.py compares Rondo's codec with the codec of the library transformers.
    """
    codes = torch.from_numpy(piece.codes.astype(np.int64))[None]
    with torch.inference_mode():
        made = studio.codec.decode([studio.codec.begin()], codes, is_last=True)
    return np.asarray(made[0].T.numpy())


def test_a_continued_parent_keeps_its_sound_and_continues_without_a_click() -> None:
    studio = tiny_studio()
    parent = studio.piece(120, seed=4)
    studio.finish([parent])
    child = studio.piece(240, given=parent.codes, seed=5)
    studio.finish([child])
    assert (child.codes[:, :120] == parent.codes).all()
    sound = sound_of(child)
    assert np.abs(sound - decoded_at_once(child.codes)).max() <= 1e-5
    # The sound of a frame also depends on the next frames. After the last frames of the parent, the child has new
    # frames. So the sound of the parent's last 5 frames is not compared.
    same = 115 * 640
    assert np.abs(sound[:same] - sound_of(parent)[:same]).max() <= 1e-5


def test_a_fault_in_the_sound_of_one_piece_ends_only_this_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = tiny_studio(slots=4)
    pieces = [studio.piece(80, seed=seed) for seed in range(4)]
    decode = studio.codec.decode

    def broken(states: Any, codes: torch.Tensor, *, is_last: bool) -> torch.Tensor:
        if any(state is pieces[2].codec for state in states):
            raise RuntimeError("CUDA error: an illegal memory access\nmore lines")
        return decode(states, codes, is_last=is_last)

    monkeypatch.setattr(studio.codec, "decode", broken)
    studio.finish(pieces)
    with pytest.raises(PieceFailed, match="The device failed: CUDA error: an illegal memory access."):
        sound_of(pieces[2])
    for piece in (pieces[0], pieces[1], pieces[3]):
        assert len(sound_of(piece)) == 80 * 640


def test_numbers_that_are_not_finite_end_only_their_piece_and_leave_a_clean_slot() -> None:
    studio = tiny_studio(slots=2)
    bad, good = studio.piece(100, seed=1), studio.piece(100, seed=2)
    studio.advance(10)
    studio.loop.slots.values[:, bad.slot] = float("nan")
    studio.finish([bad, good])
    with pytest.raises(PieceFailed, match="not finite"):
        sound_of(bad)
    assert np.isfinite(sound_of(good)).all()
    again = studio.piece(100, seed=1)
    studio.finish([again])
    assert again.slot == bad.slot
    assert np.isfinite(sound_of(again)).all()


@pytest.mark.parametrize("work", ["step", "copy"])
def test_work_that_fails_for_one_piece_ends_only_this_piece(
    monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    studio = tiny_studio(slots=4)
    pieces = [studio.piece(60, seed=seed) for seed in range(4)]
    studio.advance(5)
    done = getattr(studio.loop, work)

    def broken(rows: list[int]) -> object:
        if pieces[2].slot in rows and pieces[2] in studio.scheduler.pieces():
            raise RuntimeError("CUDA error: an illegal memory access\nmore lines")
        return done(rows)

    monkeypatch.setattr(studio.loop, work, broken)
    studio.finish(pieces)
    with pytest.raises(PieceFailed, match="The device failed: CUDA error: an illegal memory access."):
        sound_of(pieces[2])
    for seed in (0, 1, 3):
        assert (pieces[seed].codes == codes_alone(seed)).all()


def test_a_step_that_fails_halfway_is_repeated_with_the_same_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    studio = tiny_studio(slots=2)
    pieces = [studio.piece(60, seed=seed) for seed in range(2)]
    logits = studio.loop._transformer.logits
    calls = 0

    def broken(count: int, length: int) -> torch.Tensor:
        nonlocal calls
        calls += 1
        made = logits(count, length)
        if calls == 20:
            raise RuntimeError("out of memory")
        return made

    monkeypatch.setattr(studio.loop._transformer, "logits", broken)
    studio.finish(pieces)
    for seed, piece in enumerate(pieces):
        assert len(sound_of(piece)) == 60 * 640
        assert (piece.codes == codes_alone(seed)).all()


def codes_alone(seed: int) -> Codes:
    """Returns the codes of a piece of 60 frames that is made without other pieces at the same time."""
    studio = tiny_studio(slots=1)
    piece = studio.piece(60, seed=seed)
    studio.finish([piece])
    return piece.codes


def test_a_step_that_fails_for_every_piece_ends_each_with_a_reason_and_later_pieces_play(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    studio = tiny_studio(slots=2)
    pieces = [studio.piece(60), studio.piece(60)]
    studio.advance(5)
    step = studio.loop.step

    def broken(rows: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(studio.loop, "step", broken)
    studio.advance()
    for piece in pieces:
        with pytest.raises(PieceFailed, match="The device failed: out of memory."):
            sound_of(piece)
    monkeypatch.setattr(studio.loop, "step", step)
    later = studio.piece(60)
    studio.finish([later])
    assert len(sound_of(later)) == 60 * 640


def test_a_piece_whose_listener_reads_nothing_does_not_delay_other_pieces() -> None:
    studio = tiny_studio(slots=2)
    silent, heard = studio.piece(120), studio.piece(120, seed=5)
    studio.finish([heard])
    assert len(sound_of(heard)) == 120 * 640
    studio.finish([silent])
    assert len(sound_of(silent)) == 120 * 640


def test_the_memory_does_not_grow_over_a_thousand_pieces() -> None:
    studio = tiny_studio(layers=1, windows=Windows(frames=24, repeated=8))

    def play(count: int) -> None:
        pieces = [studio.piece(8, seed=seed) for seed in range(count)]
        for number, piece in enumerate(pieces):
            if number % 4 == 0:
                studio.advance(3)
                piece.stop.set()
        studio.finish(pieces)

    play(200)
    before = resident_bytes()
    for _ in range(8):
        play(100)
    assert resident_bytes() - before < 16 * 2**20
    assert studio.scheduler.pieces() == []


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def waiting_piece(studio: Studio, *, sent: int, heard_since: float | None, taken: int = 0) -> Piece:
    piece = studio.piece(1_000)
    piece.sent, piece.heard_since, piece.taken = sent, heard_since, taken
    return piece


def test_pieces_far_ahead_wait_while_another_one_is_short_of_sound() -> None:
    studio = tiny_studio()
    far = waiting_piece(studio, sent=600, heard_since=99.0)
    near = waiting_piece(studio, sent=100, heard_since=99.0)
    silent = waiting_piece(studio, sent=0, heard_since=None)
    assert pieces_to_step([far, near], [far, near], 100.0) == [far, near]
    assert pieces_to_step([far, near], [far, near, silent], 100.0) == [near]
    assert pieces_to_step([far, near, silent], [far, near, silent], 100.0) == [near, silent]


def test_the_codec_takes_the_most_urgent_piece_and_those_at_the_same_stage() -> None:
    studio = tiny_studio()
    first = waiting_piece(studio, sent=0, heard_since=None)
    also_first = waiting_piece(studio, sent=0, heard_since=None)
    later = waiting_piece(studio, sent=25, heard_since=99.0, taken=29)
    assert batch_of([(first, 29), (later, 50), (also_first, 29)], 8) == [first, also_first]
    assert batch_of([(first, 29), (also_first, 29)], 1) == [first]
    assert batch_of([], 8) == []
