"""Runs the steps of the decode loop: on a GPU as recorded CUDA graphs, and on a CPU as plain calls.

There is one graph for each pair of a count (the number of slots) and a length (the number of columns that are read).
A slot is the memory that one piece uses on the device. A column is one token of each codebook. A step of MusicGen is
hundreds of small kernels. The CPU needs more time to start them than the GPU needs to run them. A graph starts all
kernels of a step together. No GPU has run this file yet: docs/guides/musicgen.md says what was tested where.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import torch

log = logging.getLogger(__name__)

#: `step(count, length)` makes the next column of the first `count` slots, if they are active. The positions of these
#: slots must be below `length`. The step changes tensors in place. Their addresses never change, because a recorded
#: graph always uses the addresses of its recording.
Step = Callable[[int, int], None]


def create_step_runner(step: Step, device: torch.device, *, uses_graphs: bool = True) -> Step:
    """Returns a runner that records `step` one time for each count and length.

    Returns `step` itself if the device is no CUDA GPU, or if `uses_graphs` is false.
    """
    if device.type != "cuda" or not uses_graphs:
        return step
    return GraphedStep(step)


class GraphedStep:
    """Records graphs and runs them.

    If a recording fails, the runner logs the error and records no more graphs. Graphs that exist are still used.
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._graphs: dict[tuple[int, int], torch.cuda.CUDAGraph] = {}
        self._memory = torch.cuda.graph_pool_handle()
        self._can_record = True

    def __call__(self, count: int, length: int) -> None:
        graph = self._graphs.get((count, length))
        if graph is not None:
            graph.replay()
            return
        # The first call with this count and length is a plain call. It also loads the kernels, which must be loaded
        # before a recording.
        self._step(count, length)
        if self._can_record:
            self._record(count, length)

    def _record(self, count: int, length: int) -> None:
        """Records a step. A recording runs nothing, so the state of the slots doesn't change."""
        graph = torch.cuda.CUDAGraph()
        torch.cuda.synchronize()
        try:
            with torch.cuda.graph(graph, pool=self._memory, capture_error_mode="thread_local"):
                self._step(count, length)
        except RuntimeError:
            self._can_record = False
            log.exception(
                "a step can't be recorded as a CUDA graph; steps run as plain calls, which are slower"
            )
            return
        self._graphs[count, length] = graph
