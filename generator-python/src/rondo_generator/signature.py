"""Verifies that a call comes from Rondo, which signs its calls as Standard Webhooks describes.

The signature is an HMAC-SHA256 over "id.timestamp.body".

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

#: A call is refused if its timestamp and the clock of this machine differ by more than this number of seconds. So a
#: person who has recorded a call can send it again only for a few minutes.
TOLERANCE_SECONDS = 300


def key_of(secret: str) -> bytes:
    """Returns the bytes of the key. If a secret begins with `whsec_`, the rest of the secret is the key as base64.

    Any other secret is itself the key, as UTF-8. Raises ValueError if the text after `whsec_` is not base64.
    """
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret after whsec_ is not base64") from error


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Returns whether the call has a valid signature and a time that differs from `now` by at most TOLERANCE_SECONDS.

    `now` is in seconds since 1970. `headers` has lower-case names. The header webhook-signature can have several
    signatures, and one valid signature is enough. Raises ValueError if `key_of` raises it for the secret.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if message_id == "" or not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    expected = sign(secret, message_id, int(timestamp), body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    # Every signature is compared, so that the duration of the check does not reveal which signature is right.
    return any([hmac.compare_digest(expected, one.encode()) for one in given])
