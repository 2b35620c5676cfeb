"""Measures MusicGen for many listeners on this machine, with random weights in the shapes of the stock models.

    python bench/musicgen_gpu.py                        on a GPU: small and large, in less than five minutes
    python bench/musicgen_gpu.py --shape tiny --device cpu    a try without a GPU

It needs only PyTorch and transformers, and reads no weights: random ones take as long as trained ones. The table shows:

- the time of a step with 1, 8 and 32 slots
- the number of listeners in real time
- the time until the first sound, for one listener and for all slots at once
- the throughput, compared with the generate function of transformers, which makes one piece after the other
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers import (
    EncodecConfig,
    MusicgenConfig,
    MusicgenDecoderConfig,
    MusicgenForConditionalGeneration,
    T5Config,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from rondo_generator.musicgen.codec import StreamingCodec
from rondo_generator.musicgen.decode_loop import DecodeLoop
from rondo_generator.musicgen.memory import GIB, WORK_BYTES, check_memory, free_memory, weight_bytes
from rondo_generator.musicgen.model_shape import UnusableModel, model_shape
from rondo_generator.musicgen.piece import Piece, Windows
from rondo_generator.musicgen.sampling import Sampling
from rondo_generator.musicgen.scheduler import Scheduler
from rondo_generator.musicgen.slots import slot_bytes
from rondo_generator.musicgen.warm_up import measure_step_rates, slots_in_real_time
from rondo_generator.musicgen.weights import Weights, move

#: Five numbers for each model: the layers, the hidden size and the heads of the decoder, the filters of EnCodec, and
#: the hidden size of T5.
SHAPES = {
    "tiny": (2, 32, 4, 4, 24),
    "small": (24, 1024, 16, 64, 768),
    "medium": (48, 1536, 24, 64, 768),
    "large": (48, 2048, 32, 64, 768),
}
TEXT_TOKENS = 64
ROUNDS = 3


def config_of(shape: str) -> MusicgenConfig:
    layers, hidden, heads, filters, text = SHAPES[shape]
    vocabulary = 64 if shape == "tiny" else 2048
    return MusicgenConfig(
        text_encoder=T5Config(
            d_model=text, d_kv=64, d_ff=4 * text, num_layers=2 if shape == "tiny" else 12, num_heads=12
        ),
        audio_encoder=EncodecConfig(
            sampling_rate=32_000,
            num_filters=filters,
            hidden_size=16 if shape == "tiny" else 128,
            upsampling_ratios=[8, 5, 4, 4],
            codebook_size=vocabulary,
            target_bandwidths=[1.2] if shape == "tiny" else [2.2],
            use_causal_conv=False,
            use_conv_shortcut=False,
        ),
        decoder=MusicgenDecoderConfig(
            vocab_size=vocabulary,
            num_hidden_layers=layers,
            hidden_size=hidden,
            num_attention_heads=heads,
            ffn_dim=4 * hidden,
            dropout=0.0,
            pad_token_id=vocabulary,
            bos_token_id=vocabulary,
        ),
    )


def random_model(shape: str, device: torch.device) -> MusicgenForConditionalGeneration:
    config = config_of(shape)
    # The weights are created on the device, because random numbers for billions of weights take minutes on a CPU.
    with device:
        model = MusicgenForConditionalGeneration(config).eval()
    model.generation_config.decoder_start_token_id = config.decoder.pad_token_id
    model.generation_config.pad_token_id = config.decoder.pad_token_id
    model.generation_config.bos_token_id = config.decoder.bos_token_id
    return model


class Bench:
    """A model with its decode loop. `numbers` are the 20 tokens of the prompt, which is the same for all pieces."""

    def __init__(
        self, model: MusicgenForConditionalGeneration, weights: Weights, *, slots: int, seconds: float
    ) -> None:
        self.model = model
        self.seconds = seconds
        self.weights = weights
        self.slots = slots
        self.loop = DecodeLoop(weights, slots=slots, window_frames=1_500, text_tokens=TEXT_TOKENS)
        self.codec = StreamingCodec(weights.codec, channels=1)
        self.numbers = torch.arange(2, 22, device=weights.device)[None]

    def piece(self, seconds: float, seed: int) -> Piece:
        shape = self.weights.shape
        with torch.inference_mode():
            text = self.weights.text_encoder(input_ids=self.numbers).last_hidden_state[0]
            if self.weights.text_projection is not None:
                text = self.weights.text_projection(text)
        return Piece(
            shape=shape,
            text=text.to(self.weights.dtype),
            sampling=Sampling(seed=seed),
            frames=int(seconds * shape.frames_per_second),
            given=self.loop.no_frames(),
            windows=Windows(),
        )

    @contextmanager
    def scheduler(self) -> Iterator[Scheduler]:
        made = Scheduler(self.loop, self.codec, slots=self.slots)
        made.start()
        try:
            yield made
        finally:
            made.close()

    def first_sounds(self, count: int) -> float:
        """Returns the seconds until all of `count` listeners, who start at the same moment, have a first sound."""
        with self.scheduler() as scheduler:
            began = time.perf_counter()
            pieces = [self.piece(1.0, seed) for seed in range(count)]
            for piece in pieces:
                scheduler.submit(piece)
            for piece in pieces:
                piece.sounds.get()
            return time.perf_counter() - began

    def our_speed(self, count: int) -> float:
        """Returns the seconds of sound that `count` simultaneous listeners together receive in one second."""
        with self.scheduler() as scheduler:
            began = time.perf_counter()
            pieces = [self.piece(self.seconds, seed) for seed in range(count)]
            for piece in pieces:
                scheduler.submit(piece)
            for piece in pieces:
                while piece.sounds.get() is not None:
                    pass
            return count * self.seconds / (time.perf_counter() - began)

    def stock_speed(self) -> float:
        """Returns the seconds of sound that the generate function of transformers makes in one second."""
        frames = int(self.seconds * self.weights.shape.frames_per_second)

        def make() -> None:
            self.model.generate(
                input_ids=self.numbers,
                do_sample=True,
                top_k=250,
                guidance_scale=3.0,
                max_new_tokens=frames + 3,
            ).cpu()

        began = time.perf_counter()
        make()
        return self.seconds / (time.perf_counter() - began)


def report(shape: str, device: torch.device, dtype: torch.dtype, slots: int, seconds: float) -> None:
    config = config_of(shape)
    sizes = {"window_frames": 1_500, "text_tokens": TEXT_TOKENS}
    check_memory(config, slots=slots, device=device, dtype=dtype, **sizes)
    each = slot_bytes(model_shape(config), bytes_each=dtype.itemsize, **sizes)
    print(f"\n## {shape}, {dtype}, {slots} slots", flush=True)
    print(f"weights {weight_bytes(config, dtype) / GIB:.2f} GiB, a slot {each / GIB:.3f} GiB", flush=True)
    model = random_model(shape, device)
    weights = move(model, None, device=device, dtype=dtype)
    bench = Bench(model, weights, slots=slots, seconds=seconds)
    with torch.inference_mode():
        began = time.perf_counter()
        rates = measure_step_rates(bench.loop, bench.codec)
    row("warm-up", f"{time.perf_counter() - began:.1f} s")
    for rate in rates:
        if rate.slots in (1, 8, slots):
            row(f"a step with {rate.slots} slots", f"{1000 / rate.steps_per_second:.2f} ms")
    usable = slots_in_real_time(rates, bench.weights.shape.frames_per_second)
    row(
        "listeners in real time",
        f"{usable} of {slots} tried; {rates[-1].steps_per_second / 50:.1f} times real time",
    )
    bench.first_sounds(1)
    row(
        "first sound, alone",
        f"{1000 * statistics.median(bench.first_sounds(1) for _ in range(ROUNDS)):.0f} ms",
    )
    row(f"first sound, the last of {slots} at once", f"{1000 * bench.first_sounds(slots):.0f} ms")
    ours = bench.our_speed(slots)
    row(f"sound in a second, {slots} listeners", f"{ours:.1f} s")
    # The stock generate needs the same number type in the text encoder and in the decoder.
    bench.model.text_encoder.to(dtype)
    if bench.weights.text_projection is not None:
        bench.weights.text_projection.to(dtype)
    bench.stock_speed()
    stock = bench.stock_speed()
    row("sound in a second, stock generate", f"{stock:.2f} s; ours is {ours / stock:.1f} times that")
    if device.type == "cuda":
        row("memory taken at most", f"{torch.cuda.max_memory_allocated() / GIB:.2f} GiB")


def row(name: str, value: str) -> None:
    print(f"| {name:<36} | {value:<44} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shape", choices=list(SHAPES), action="append", help="may be repeated; by default small and large"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument(
        "--seconds", type=float, default=10, help="the length of the pieces for the throughput"
    )
    asked = parser.parse_args()
    device = torch.device(asked.device)
    dtype = torch.float16 if device.type == "cuda" else torch.float32
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"# MusicGen on {name}, PyTorch {torch.__version__}, random weights")
    print(
        f"free memory: {free_memory(device) / GIB:.1f} GiB, of which {WORK_BYTES / GIB:.0f} GiB is for work"
    )
    for shape in asked.shape or ["small", "large"]:
        try:
            report(shape, device, dtype, asked.slots, asked.seconds)
        except UnusableModel as fault:
            print(f"\n## {shape}: left out. {fault}")


if __name__ == "__main__":
    main()
