"""Ends the process from a thread, so that a supervisor starts a new one."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable

log = logging.getLogger(__name__)


def end_process() -> None:
    """Sends SIGTERM to this process, as a supervisor would, and does not wait for the end of the process.

    The server then stops, and the exit status says that a signal ended the process.
    """
    os.kill(os.getpid(), signal.SIGTERM)


def end_process_on_error(start: Callable[[], None]) -> None:
    """Runs `start`, which makes an engine ready. If `start` fails, logs the reason and ends the process.

    If the process went on, it would refuse every request for ever, because its engine would never become ready.
    """
    try:
        start()
    except Exception:
        log.critical("the engine can't start, so this process ends", exc_info=True)
        end_process()
