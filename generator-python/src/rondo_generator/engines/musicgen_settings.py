"""Reads the settings of the engine "musicgen" from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from ..settings import BadSettings

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "float32", "float16", "bfloat16"]


@dataclass(frozen=True)
class MusicgenSettings:
    #: A name such as facebook/musicgen-small, or a folder.
    model: str = "facebook/musicgen-small"
    device: Device = "auto"
    #: The number type of the decoder. "auto" is float16 on a GPU and float32 on a CPU.
    precision: Precision = "auto"
    guidance: float = 3.0
    top_k: int = 250
    temperature: float = 1.0
    #: The model reads at most this many tokens of a prompt. A larger number needs more memory.
    prompt_tokens: int = 512
    #: The lowest allowed speed of a piece, as a multiple of real time. Each slot makes one piece at a time, and the
    #: more slots are in use, the slower each piece becomes. The engine limits the number of used slots, so that no
    #: piece becomes slower than this speed. With 0, all slots are used.
    speed_least: float = 1.0


def read_musicgen_settings(environment: Mapping[str, str]) -> MusicgenSettings:
    """Raises BadSettings with one sentence for each wrong setting."""
    faults: list[str] = []
    usual = MusicgenSettings()

    def text(name: str) -> str:
        return environment.get(f"GENERATOR_MUSICGEN_{name}", "").strip()

    def number(name: str, default: float, least: float, most: float) -> float:
        given = text(name)
        if given == "":
            return default
        try:
            value = float(given)
        except ValueError:
            value = float("nan")
        if least <= value <= most:
            return value
        faults.append(f'GENERATOR_MUSICGEN_{name}: "{given}" is not a number from {least:g} to {most:g}.')
        return default

    def choice(name: str, kinds: tuple[str, ...]) -> str:
        given = text(name) or "auto"
        if given not in kinds:
            faults.append(f'GENERATOR_MUSICGEN_{name}: "{given}" is not one of {", ".join(kinds)}.')
        return given

    settings = MusicgenSettings(
        model=text("MODEL") or usual.model,
        device=cast(Device, choice("DEVICE", get_args(Device))),
        precision=cast(Precision, choice("PRECISION", get_args(Precision))),
        guidance=number("GUIDANCE", usual.guidance, 1, 20),
        top_k=int(number("TOP_K", usual.top_k, 1, 250)),
        temperature=number("TEMPERATURE", usual.temperature, 0.05, 5),
        prompt_tokens=int(number("PROMPT_TOKENS", usual.prompt_tokens, 16, 2048)),
        speed_least=number("SPEED_LEAST", usual.speed_least, 0, 10),
    )
    if faults:
        raise BadSettings("\n".join(faults))
    return settings
