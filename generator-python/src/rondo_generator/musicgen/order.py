"""Decides which pieces are next. A piece whose listener has less sound left comes earlier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .piece import Piece

#: A piece whose listener has at least this many seconds of sound left can wait.
FAR_AHEAD_SECONDS = 10.0
#: A piece whose listener has fewer than this many seconds of sound left is short of sound.
SHORT_SECONDS = 1.0


def by_need(pieces: Iterable[Piece], now: float) -> list[Piece]:
    """Returns the pieces in this order: first the piece whose listener has the least sound left."""
    return sorted(pieces, key=lambda piece: piece.seconds_ahead(now))


def pieces_to_step(ready: Sequence[Piece], running: Iterable[Piece], now: float) -> list[Piece]:
    """Returns the pieces for which the next step of the model makes tokens.

    These are usually all `ready` pieces. But if a running piece is short of sound, the `ready` pieces that can wait
    are left out. A piece that has sent no sound yet is short of sound.
    """
    if all(piece.seconds_ahead(now) >= SHORT_SECONDS for piece in running):
        return list(ready)
    return [piece for piece in ready if piece.seconds_ahead(now) < FAR_AHEAD_SECONDS]


def batch_of(due: Sequence[tuple[Piece, int]], most: int) -> list[Piece]:
    """Returns the most urgent piece, and the pieces that the codec can decode in the same call.

    `due` contains pairs of a piece and the number of its frames that the codec can decode now, the most urgent piece
    first. The result has at most `most` pieces, and is empty if `due` is empty.
    Two conditions must hold for two pieces in one call of the codec. Both have the same number of frames to decode. And
    both are at the same stage: at the beginning of the piece, in its middle, or at its end.
    """

    def stage(piece: Piece, frames: int) -> tuple[bool, bool, int]:
        return (piece.taken == 0, piece.taken + frames >= piece.frames, frames)

    if not due:
        return []
    wanted = stage(*due[0])
    return [piece for piece, frames in due if stage(piece, frames) == wanted][:most]
