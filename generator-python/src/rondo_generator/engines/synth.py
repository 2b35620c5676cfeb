"""Makes music (chords, bass, an arpeggio, a beat) without a model, for tests and as an example of an engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt

from ..contract import SAMPLE_RATE, GenerateRequest, Problem
from ..engine import EngineStatus, Samples

Numbers = npt.NDArray[Any]

BLOCK = SAMPLE_RATE // 4
FADE_SECONDS = 1.5
NOTE_NAMES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
#: The chord roots of four bars, as steps of the scale.
PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 3), (0, 5, 1, 4), (0, 4, 5, 3))
MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True)
class Song:
    beat_seconds: float
    #: The tonic as a MIDI note.
    root: int
    scale: tuple[int, ...]
    progression: tuple[int, ...]
    #: The eight notes of the arpeggio in each bar, as steps of the scale above the root of the chord.
    pattern: tuple[int, ...]
    has_beat: bool
    noise_seed: int


class Synth:
    name = "synth"
    licence = "MIT; no model, no weights: what it makes is free to use."
    seconds_min = 1.0
    seconds_max = 600.0
    deterministic = True
    extends = False

    def status(self) -> EngineStatus:
        return EngineStatus()

    def close(self) -> None:
        pass

    def check(self, request: GenerateRequest) -> None:
        if not self.seconds_min <= request.duration_seconds <= self.seconds_max:
            raise Problem(
                422,
                "INVALID_PARAMETER",
                f"A piece can't be {request.duration_seconds:g} seconds long.",
                f"Ask for {self.seconds_min:g} to {self.seconds_max:g} seconds.",
            )
        if request.options.lyrics is not None or request.options.instrumental is False:
            raise Problem(
                422,
                "INVALID_PARAMETER",
                "This engine can't sing.",
                "Leave out lyrics, or use a generator with a voice.",
            )

    def generate(self, request: GenerateRequest, stop: Event) -> Iterator[Samples]:
        song = song_of(request)
        total = request.samples
        for start in range(0, total, BLOCK):
            if stop.is_set():
                return
            count = min(BLOCK, total - start)
            yield faded(rendered(song, start, count), start, total)


def song_of(request: GenerateRequest) -> Song:
    """Composes a song from the seed, the prompt, the instruction, and three options: `style`, `tempo` and `key`."""
    instruction = request.parent.instruction if request.parent else ""
    words = f"{request.prompt} {instruction} {request.options.style or ''}".lower()
    digest = hashlib.sha256(f"{request.seed} {words}".encode()).digest()
    random = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8])))
    is_slow = any(word in words for word in ("slow", "calm", "ambient", "sleep", "lofi"))
    is_fast = any(word in words for word in ("fast", "house", "techno", "dance", "drum"))
    tempo = request.options.tempo or random.uniform(
        *((60, 80) if is_slow else (118, 132) if is_fast else (84, 112))
    )
    root, scale = key_of(request.options.key or "", words, random)
    return Song(
        beat_seconds=60 / tempo,
        root=root,
        scale=scale,
        progression=PROGRESSIONS[int(random.integers(len(PROGRESSIONS)))],
        pattern=tuple(int(step) for step in random.choice((0, 2, 4, 7), size=8)),
        has_beat=not is_slow,
        noise_seed=int(random.integers(2**32)),
    )


def key_of(key: str, words: str, random: np.random.Generator) -> tuple[int, tuple[int, ...]]:
    """Returns a MIDI note and a scale for a key such as "F# minor".

    If the key does not begin with a letter from A to G, the note is random. For an empty key, the scale is minor if
    `words` contains a word such as "sad", and random otherwise.
    """
    text = key.strip().lower()
    is_minor = "minor" in text or (text == "" and any(word in words for word in ("sad", "dark", "minor")))
    scale = MINOR if is_minor or (text == "" and random.random() < 0.4) else MAJOR
    if text[:1] not in NOTE_NAMES:
        return 45 + int(random.integers(12)), scale
    accidental = {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(text[1:2], 0)
    return 48 + NOTE_NAMES[text[0]] + accidental, scale


def rendered(song: Song, start: int, count: int) -> Samples:
    """Renders a block. Each sample depends only on the song and on its position, so the block size has no effect."""
    at = (np.arange(start, start + count) / SAMPLE_RATE).astype(np.float64)
    bar_seconds = 4 * song.beat_seconds
    bar = np.floor(at / bar_seconds).astype(np.int64)
    in_bar = at - bar * bar_seconds
    degree = np.array(song.progression)[bar % len(song.progression)]

    pad = sum(sine(at, pitch(song, degree + step)) for step in (0, 2, 4)) / 3
    pad = pad * (0.6 + 0.4 * np.sin(np.pi * np.minimum(in_bar / bar_seconds, 1)))
    beat = in_bar / song.beat_seconds
    bass = sine(at, pitch(song, degree) / 2) * np.exp(-3 * (beat % 1))
    eighth = np.floor(beat * 2).astype(np.int64) % 8
    step = np.array(song.pattern)[eighth]
    arpeggio = np.tanh(2 * sine(at, 2 * pitch(song, degree + step))) * np.exp(-6 * ((beat * 2) % 1))
    left = 0.28 * pad + 0.3 * bass + 0.16 * arpeggio
    right = 0.28 * pad + 0.3 * bass + 0.10 * arpeggio
    if song.has_beat:
        kick = np.sin(2 * np.pi * 50 * np.sqrt((beat % 1) + 1e-9)) * np.exp(-9 * (beat % 1))
        hat = noise(song.noise_seed, start, count) * np.exp(-40 * ((beat + 0.5) % 1))
        left, right = left + 0.35 * kick + 0.05 * hat, right + 0.35 * kick + 0.08 * hat
    return np.stack([left, right], axis=1).astype(np.float32)


def pitch(song: Song, degree: Numbers) -> Numbers:
    """Returns the frequencies of steps of the scale, in Hz."""
    octave, step = np.divmod(degree, 7)
    semitones = song.root + 12 * octave + np.array(song.scale)[step]
    return np.asarray(440.0 * 2.0 ** ((semitones - 69) / 12))


def sine(at: Numbers, frequency: Numbers) -> Numbers:
    return np.asarray(np.sin(2 * np.pi * frequency * at))


def noise(seed: int, start: int, count: int) -> Numbers:
    """Returns white noise from -1 to 1. Each sample depends only on the seed and on its position in the piece."""
    index = np.arange(start, start + count, dtype=np.uint64)
    mixed = (index + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return np.asarray((mixed >> np.uint64(40)).astype(np.float64) / 2**23 - 1)


def faded(block: Samples, start: int, total: int) -> Samples:
    """Prevents clicks: the first hundredth of a second fades in, and the last second and a half fades out.

    If the piece is shorter than three seconds, its second half fades out.
    """
    at = np.arange(start, start + len(block))
    fade_out = np.clip((total - at) / min(FADE_SECONDS * SAMPLE_RATE, total / 2), 0, 1)
    fade_in = np.clip(at / (0.01 * SAMPLE_RATE), 0, 1)
    return np.asarray(block * (fade_out * fade_in)[:, np.newaxis], dtype=np.float32)
