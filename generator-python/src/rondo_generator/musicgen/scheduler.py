"""Runs all work on the device in one thread.

Each step makes the next column (one token of each codebook) for many pieces in one call.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import torch

from .codec import StreamingCodec
from .decode_loop import DecodeLoop
from .order import batch_of, by_need, pieces_to_step
from .piece import Piece, PieceFailed

log = logging.getLogger(__name__)

#: The maximum number of pieces whose sound is made in one call of the codec.
CODEC_PIECES = 8

Made = TypeVar("Made")


class Scheduler:
    def __init__(
        self,
        loop: DecodeLoop,
        codec: StreamingCodec,
        *,
        slots: int,
        on_device_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """`slots` is the maximum number of pieces that run at a time. `loop` must have at least this number of slots.

        `on_device_failure` is called in the thread of the scheduler, in two cases:
        - A step of the model, or a copy between slots, failed for every piece that took part in it.
        - A whole round failed.

        Before the call, each affected piece has been ended with a reason. If a prefill or the codec fails, only its
        piece ends, and `on_device_failure` is not called.
        """
        self._on_device_failure = on_device_failure
        self._loop = loop
        self._codec = codec
        self._slots = slots
        self._running: dict[int, Piece] = {}
        self._waiting: deque[Piece] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="musicgen", daemon=True)

    def start(self) -> None:
        """Starts the thread, which runs the rounds."""
        self._thread.start()

    def pieces(self) -> list[Piece]:
        """Returns the running and the waiting pieces."""
        with self._changed:
            return [*self._running.values(), *self._waiting]

    def submit(self, piece: Piece) -> None:
        """Adds a piece, which waits for a free slot. The sound arrives in `piece.sounds`.

        After `close`, the piece gets PieceFailed instead.
        """
        with self._changed:
            if self._is_closed:
                piece.sounds.put(PieceFailed("The generator was stopped."))
                return
            self._waiting.append(piece)
            self._changed.notify()

    def frames_left(self) -> list[int]:
        """Returns the number of frames that each running piece still needs, in ascending order."""
        return sorted(piece.frames - piece.whole for piece in list(self._running.values()))

    def waiting_frames(self) -> list[int]:
        """Returns the number of frames that each waiting piece needs. The piece that begins next comes first."""
        with self._changed:
            return [piece.frames - piece.whole for piece in self._waiting]

    def close(self) -> None:
        """After the current round, the thread ends all pieces and then itself. Waits until the thread has ended.

        A second call does nothing. Must not be called in the thread of the scheduler.
        """
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._is_closed or self._running or self._waiting):
                    self._changed.wait()
                if self._is_closed:
                    break
            try:
                with torch.inference_mode():
                    self.advance()
            except Exception as error:
                self._fail_all(error)
        for piece in [*self._running.values(), *self._waiting]:
            piece.sounds.put(PieceFailed("The generator was stopped."))

    def advance(self) -> None:
        """Runs one round: ends stopped pieces, gives free slots to waiting pieces, and then does the work that is due.

        The work of a round is at most one part of a prefill, then one step, and then one call of the codec.
        """
        self._end_stopped()
        self._admit()
        self._prefill_one()
        self._step()
        self._decode_one()

    def _end_stopped(self) -> None:
        for piece in [one for one in self._running.values() if one.stop.is_set()]:
            self._leave(piece)
            piece.sounds.put(None)
        with self._changed:
            stopped = [one for one in self._waiting if one.stop.is_set()]
            for piece in stopped:
                self._waiting.remove(piece)
                piece.sounds.put(None)

    def _admit(self) -> None:
        while len(self._running) < self._slots:
            with self._changed:
                if not self._waiting:
                    return
                piece = self._waiting.popleft()
                piece.slot = min(slot for slot in range(self._slots) if slot not in self._running)
                self._running[piece.slot] = piece
            self._guarded(piece, partial(self._join, piece))

    def _join(self, piece: Piece) -> None:
        self._loop.join(piece.slot, piece.text, piece.sampling)
        piece.codec = self._codec.begin()
        self._begin_window(piece)

    def _begin_window(self, piece: Piece) -> None:
        given = piece.next_window()
        self._loop.begin_window(piece.slot, given, piece.window_start)

    def _prefill_one(self) -> None:
        now = time.monotonic()
        for piece in by_need(self._running.values(), now):
            if not piece.is_whole and not self._loop.is_prefilled(piece.slot):
                self._guarded(piece, partial(self._loop.prefill, piece.slot))
                return

    def _step(self) -> None:
        ready = [
            piece
            for piece in self._running.values()
            if not piece.is_whole and self._loop.is_prefilled(piece.slot)
        ]
        rows = pieces_to_step(ready, self._running.values(), time.monotonic())
        if not rows:
            return
        stepped = [piece for piece, _ in self._together(rows, self._loop.step)]
        if not any(self._is_copy_due(piece) for piece in stepped):
            return
        running = [piece for piece in ready if piece.slot in self._running]
        for piece, copied in self._together(running, self._loop.copy):
            columns = copied[piece.slot]
            if not columns.is_finite:
                self._fail(piece, "The model gave numbers that are not finite.")
                continue
            piece.add(columns)
            if self._loop.position(piece.slot) >= piece.columns_of_window and not piece.is_whole:
                self._guarded(piece, partial(self._begin_window, piece))

    def _is_copy_due(self, piece: Piece) -> bool:
        position = self._loop.position(piece.slot)
        whole = piece.window_start + position - piece.shape.delay_most
        end = piece.block_end(self._codec.held_back)
        return (
            self._loop.steps_until_copy(piece.slot) <= 0
            or position >= piece.columns_of_window
            or (piece.sent == 0 and piece.whole < end <= whole)
        )

    def _decode_one(self) -> None:
        now = time.monotonic()
        running = by_need(self._running.values(), now)
        due = [(piece, piece.block_due(self._codec.held_back)) for piece in running]
        batch = batch_of([(piece, frames) for piece, frames in due if frames > 0], CODEC_PIECES)
        try:
            if batch:
                self._decode(batch)
        except Exception:
            log.exception("the sound of %d pieces can't be made together", len(batch))
            for piece in batch:
                self._guarded(piece, partial(self._decode, [piece]))

    def _decode(self, batch: list[Piece]) -> None:
        count = batch[0].block_due(self._codec.held_back)
        is_last = batch[0].taken + count >= batch[0].frames
        codes = np.stack([piece.codes[:, piece.taken : piece.taken + count] for piece in batch])
        states = [piece.codec for piece in batch if piece.codec is not None]
        device = states[0].cell.device
        made = self._codec.decode(
            states, torch.from_numpy(codes.astype(np.int64)).to(device), is_last=is_last
        )
        sounds = made.transpose(1, 2).cpu().numpy()
        for piece, sound in zip(batch, sounds, strict=True):
            piece.taken += count
            piece.send(sound)
            if is_last:
                self._leave(piece)
                piece.sounds.put(None)

    def _together(self, pieces: list[Piece], work: Callable[[list[int]], Made]) -> list[tuple[Piece, Made]]:
        """Calls `work` one time with the slots of all these pieces. Returns each piece with the result of the call.

        If the call fails, `work` is called again for each piece alone. A piece whose second try fails ends with a
        reason and is not returned. The second try of a step gives the same tokens: a failed step has not moved the
        position of the slot, so the second try writes the same column again.
        """
        try:
            result = work([piece.slot for piece in pieces])
            return [(piece, result) for piece in pieces]
        except Exception:
            log.exception("the work for %d pieces failed; each of them is tried alone", len(pieces))
        done: list[tuple[Piece, Made]] = []
        for piece in pieces:
            self._guarded(piece, partial(self._alone, piece, work, done))
        if not done:
            self._on_device_failure()
        return done

    def _alone(self, piece: Piece, work: Callable[[list[int]], Made], done: list[tuple[Piece, Made]]) -> None:
        done.append((piece, work([piece.slot])))

    def _guarded(self, piece: Piece, work: Callable[[], None]) -> None:
        """Calls `work` for one piece. If the call fails, this piece ends with a reason, and the others continue."""
        try:
            work()
        except Exception as error:
            log.exception("the piece in slot %d failed", piece.slot)
            self._fail(piece, f"The device failed: {reason_of(error)}.")

    def _fail_all(self, error: Exception) -> None:
        """Ends all running pieces, because the round failed and no single piece is the cause."""
        log.error("a round failed", exc_info=error)
        for piece in list(self._running.values()):
            self._fail(piece, f"The device failed: {reason_of(error)}.")
        self._on_device_failure()

    def _fail(self, piece: Piece, reason: str) -> None:
        self._leave(piece)
        piece.sounds.put(PieceFailed(reason))

    def _leave(self, piece: Piece) -> None:
        self._running.pop(piece.slot, None)
        try:
            self._loop.leave(piece.slot)
        except Exception:
            log.exception("slot %d can't be cleared", piece.slot)


def reason_of(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
