"""rondo-generator: starts the server with the settings from the environment variables."""

from __future__ import annotations

import logging
import os
import sys

import uvicorn

from .app import create_app
from .engines import create_engine
from .settings import BadSettings, read_settings

#: The exit code for invalid settings (EX_CONFIG in sysexits.h).
EXIT_BAD_SETTINGS = 78


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = read_settings(os.environ)
        engine = create_engine(settings, os.environ)
    except (BadSettings, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_BAD_SETTINGS)
    print(f"{engine.name} listens at http://{settings.host}:{settings.port}", flush=True)
    print(f"The licence of what it makes: {engine.licence}", flush=True)
    uvicorn.run(create_app(settings, engine), host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
