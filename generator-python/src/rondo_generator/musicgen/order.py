"""Decides which piece is next: the one whose listener has the least sound left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .piece import Piece

#: A piece whose listener has at least this many seconds of sound left may wait.
FAR_AHEAD_SECONDS = 10.0
#: A piece whose listener has fewer seconds of sound left is short of sound.
SHORT_SECONDS = 1.0


def by_need(pieces: Iterable[Piece], now: float) -> list[Piece]:
    return sorted(pieces, key=lambda piece: piece.seconds_ahead(now))


def pieces_to_step(ready: Sequence[Piece], running: Iterable[Piece], now: float) -> list[Piece]:
    """Returns the pieces of the next step. Those far ahead are left out if a running piece is short of sound."""
    if all(piece.seconds_ahead(now) >= SHORT_SECONDS for piece in running):
        return list(ready)
    return [piece for piece in ready if piece.seconds_ahead(now) < FAR_AHEAD_SECONDS]


def batch_of(due: Sequence[tuple[Piece, int]], most: int) -> list[Piece]:
    """The most urgent piece and those that the codec can decode with it: as many frames, at the same stage.

    `due` has the pieces by need, each with the frames that the codec can take.
    """

    def stage(piece: Piece, frames: int) -> tuple[bool, bool, int]:
        return (piece.taken == 0, piece.taken + frames >= piece.frames, frames)

    if not due:
        return []
    wanted = stage(*due[0])
    return [piece for piece, frames in due if stage(piece, frames) == wanted][:most]
