"""Ends the process from a thread, so that a supervisor starts a new one."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable

log = logging.getLogger(__name__)


def end_process() -> None:
    """Ends the process as a supervisor would: the server stops, and the exit status tells that a signal ended it."""
    os.kill(os.getpid(), signal.SIGTERM)


def end_process_on_error(start: Callable[[], None]) -> None:
    """Runs `start`, which makes an engine ready. If it fails, the reason is logged and the process ends.

    Without the end, the generator would refuse every request for ever, because its engine never becomes ready.
    """
    try:
        start()
    except Exception:
        log.critical("the engine can't start, so this process ends", exc_info=True)
        end_process()
