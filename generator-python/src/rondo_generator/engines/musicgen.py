"""The engine "musicgen" makes pieces with the published weights of MusicGen.

The engine makes several pieces at the same time, and sends the sound of each piece while the piece is being made.
"""

from __future__ import annotations

import heapq
import logging
import math
import threading
from collections.abc import Iterator
from functools import partial
from threading import Event

import torch

from ..contract import GenerateRequest, Problem
from ..end_process import end_process, end_process_on_error
from ..engine import EngineFault, EngineStatus, Samples
from ..musicgen.codec import StreamingCodec
from ..musicgen.decode_loop import Codes, DecodeLoop
from ..musicgen.piece import Piece, PieceFailed, Windows
from ..musicgen.sampling import Sampling
from ..musicgen.scheduler import Scheduler
from ..musicgen.text import encode_text
from ..musicgen.warm_up import StepRate, measure_step_rates, slots_in_real_time
from ..musicgen.weights import WEIGHTS_LICENCE, Weights
from .finishing import Finishing
from .musicgen_settings import MusicgenSettings
from .parent_sound import ParentSound, is_extension

log = logging.getLogger(__name__)


class Musicgen:
    name = "musicgen"
    licence = WEIGHTS_LICENCE
    seconds_min = 1.0
    seconds_max = 600.0
    #: The tokens of a piece are always the same. But its samples can be rounded differently if other pieces are made at
    #: the same time.
    deterministic = False
    extends = True

    def __init__(self, weights: Weights, settings: MusicgenSettings, *, slots: int, windows: Windows) -> None:
        self._weights = weights
        self._settings = settings
        self._windows = windows
        self._loop = DecodeLoop(
            weights, slots=slots, window_frames=windows.frames, text_tokens=settings.prompt_tokens
        )
        self._codec = StreamingCodec(weights.codec, channels=weights.shape.channels)
        self._parents = ParentSound(weights.shape, self._codec, weights.device)
        self._rates: list[StepRate] = []
        self._slots = slots
        self._scheduler: Scheduler | None = None
        self._starting = threading.Thread(
            target=end_process_on_error, args=(self._start,), name="musicgen-start"
        )
        self._starting.start()

    def _start(self) -> None:
        """Warms up, chooses the number of slots, and starts the scheduler.

        Until the scheduler has started, the status is "starting" and requests are refused.
        """
        with torch.inference_mode():
            self._rates = measure_step_rates(self._loop, self._codec)
        wanted = self._settings.speed_least * self._weights.shape.frames_per_second
        usable = slots_in_real_time(self._rates, wanted)
        alone = self._rates[0].steps_per_second
        log.info(
            "steps in a second: %s",
            ", ".join(f"{one.steps_per_second:.0f} with {one.slots}" for one in self._rates),
        )
        if alone < wanted:
            log.warning(
                "one piece alone is made at %.2f times real time, slower than GENERATOR_MUSICGEN_SPEED_LEAST; "
                "below 1, listeners hear gaps",
                alone / self._weights.shape.frames_per_second,
            )
        elif usable < self._slots:
            log.warning(
                "%d of %d slots are used: with more, pieces would be made slower than GENERATOR_MUSICGEN_SPEED_LEAST",
                usable,
                self._slots,
            )
        self._slots = usable
        scheduler = Scheduler(
            self._loop,
            self._codec,
            slots=usable,
            on_device_failure=partial(stop_if_lost, self._weights.device),
        )
        scheduler.start()
        self._scheduler = scheduler

    def status(self) -> EngineStatus:
        scheduler = self._scheduler
        if scheduler is None:
            return EngineStatus(is_ready=False, slots=self._slots)
        rate = self._steps_per_second()
        return EngineStatus(
            slots=self._slots,
            eta_seconds=seconds_until_slot(scheduler, self._slots, rate),
            steps_per_second=round(rate, 1),
        )

    def _steps_per_second(self) -> float:
        """Returns the measured steps per second with all slots in use.

        If this number of slots was not measured, returns the rate of the next larger number that was measured.
        """
        return next(
            (one for one in self._rates if one.slots >= self._slots), self._rates[-1]
        ).steps_per_second

    def check(self, request: GenerateRequest) -> None:
        if not self.seconds_min <= request.duration_seconds <= self.seconds_max:
            raise refused(
                f"A piece can't be {request.duration_seconds:g} seconds long.",
                f"Ask for {self.seconds_min:g} to {self.seconds_max:g} seconds.",
            )
        if request.options.lyrics is not None or request.options.instrumental is False:
            raise refused("MusicGen can't sing.", "Leave out lyrics, or use a generator with a voice.")
        if not is_extension(request) or request.parent is None:
            return
        known = self._parents.find(request)
        if known is None and request.parent.audio_url is None:
            raise refused(
                "The piece can't be continued: its sound is not known here.",
                "Send parent.audioUrl, from which the sound can be read.",
            )
        if known is not None:
            check_length(known, self._frames_of(request))

    def generate(self, request: GenerateRequest, stop: Event) -> Iterator[Samples]:
        shape = self._weights.shape
        frames = self._frames_of(request)
        given = self._given(request, frames)
        piece = Piece(
            shape=shape,
            text=encode_text(self._weights, text_of(request), self._settings.prompt_tokens),
            sampling=Sampling(
                seed=request.seed,
                top_k=self._settings.top_k,
                temperature=self._settings.temperature,
                guidance=self._settings.guidance,
            ),
            frames=frames,
            given=given,
            windows=self._windows,
            stop=stop,
        )
        if self._scheduler is None:
            raise EngineFault("The generator is still starting.")
        self._scheduler.submit(piece)
        finishing = Finishing(rate=shape.sample_rate, channels=shape.channels, samples=request.samples)
        while True:
            sound = piece.sounds.get()
            if isinstance(sound, PieceFailed):
                raise EngineFault(str(sound))
            if sound is None:
                break
            yield finishing.feed(sound)
        if stop.is_set():
            return
        self._parents.remember(request, piece.codes)
        yield finishing.end()

    def close(self) -> None:
        self._starting.join()
        if self._scheduler is not None:
            self._scheduler.close()

    def _frames_of(self, request: GenerateRequest) -> int:
        """Returns the number of frames to make. One frame is added, because resampling can lose a few samples."""
        return math.ceil(request.duration_seconds * self._weights.shape.frames_per_second) + 1

    def _given(self, request: GenerateRequest, frames: int) -> Codes:
        if not is_extension(request):
            return self._loop.no_frames()
        given = self._parents.read(request)
        try:
            check_length(given, frames)
        except Problem as problem:
            raise EngineFault(problem.message) from problem
        return given


def stop_if_lost(device: torch.device) -> None:
    """If the GPU is lost, sends SIGTERM to this process, so that a supervisor starts a new process."""
    if device.type != "cuda":
        return
    try:
        torch.cuda.synchronize(device)
    except RuntimeError:
        log.critical(
            "the GPU is lost for this process; the process ends, so that a new process can use the GPU"
        )
        end_process()


def text_of(request: GenerateRequest) -> str:
    """Returns the text for MusicGen: the prompt, the parent's instruction, and the options style, tempo and key."""
    options = request.options
    parts = [
        request.prompt,
        request.parent.instruction if request.parent else None,
        options.style,
        f"{options.tempo:g} bpm" if options.tempo is not None else None,
        options.key,
    ]
    return ", ".join(part for part in parts if part)


def check_length(parent: Codes, frames: int) -> None:
    """Raises Problem if a continued piece is not longer than its parent.

    `frames` is the length of the continued piece, including the frames of the parent.
    """
    if parent.shape[1] >= frames:
        raise refused(
            "The continued piece would not be longer than its parent.",
            "Ask for more seconds than the parent has (durationSeconds).",
        )


def seconds_until_slot(scheduler: Scheduler, slots: int, steps_per_second: float) -> float:
    """Returns the estimated seconds until a new piece can begin, or 0 if a slot is free now.

    The estimate assumes that no piece is stopped, and that every slot makes `steps_per_second` frames in a second.
    """
    ends = [0.0] * slots
    for place, frames in enumerate(scheduler.frames_left()[:slots]):
        ends[place] = frames / steps_per_second
    heapq.heapify(ends)
    for frames in scheduler.waiting_frames():
        heapq.heapreplace(ends, ends[0] + frames / steps_per_second)
    return ends[0]


def refused(message: str, hint: str) -> Problem:
    return Problem(422, "INVALID_PARAMETER", message, hint)
