"""Reads the settings from the environment once, and reports all wrong settings together."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass


class BadSettings(Exception):
    """The message of this error has one line for each wrong setting."""


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    #: The secret that signs every call (Standard Webhooks). None: calls are not signed, and `host` must be a local
    #: address.
    secret: str | None
    engine: str
    #: The maximum number of concurrent generations.
    slots: int
    #: The maximum number of generations that wait for a slot. Further requests get 503.
    queue: int
    #: The URL of the MongoDB server to which chunks are delivered. None: each request for delivery to MongoDB has to
    #: contain the URL.
    mongodb_url: str | None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises BadSettings if a setting is wrong."""
    faults: list[str] = []

    def text(name: str) -> str | None:
        return environment.get(name, "").strip() or None

    def whole_number(name: str, default: int, least: int, most: int) -> int:
        given = text(name)
        if given is None:
            return default
        if given.isdecimal() and least <= int(given) <= most:
            return int(given)
        faults.append(f'{name}: "{given}" is not a whole number from {least} to {most}.')
        return default

    settings = Settings(
        host=text("GENERATOR_HOST") or "127.0.0.1",
        port=whole_number("GENERATOR_PORT", 8008, 0, 65_535),
        secret=text("RONDO_GENERATOR_SECRET"),
        engine=text("GENERATOR_ENGINE") or "synth",
        slots=whole_number("GENERATOR_SLOTS", 4, 1, 256),
        queue=whole_number("GENERATOR_QUEUE", 16, 0, 10_000),
        mongodb_url=text("MONGODB_URL"),
    )
    if settings.secret is None and not is_loopback(settings.host):
        faults.append(
            f"RONDO_GENERATOR_SECRET: it is not set, and {settings.host} can be reached from other machines. "
            "Set the same secret here and in Rondo."
        )
    if faults:
        raise BadSettings("\n".join(faults))
    return settings


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
