"""Tests that a call is accepted only if it is signed as Standard Webhooks describes."""

from __future__ import annotations

import base64
import json
import time

import httpx

from rondo_generator.signature import is_signed, sign

from .conftest import Serve, request_of

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


def test_the_example_of_the_standard_gets_the_expected_signature() -> None:
    # These values are the test vector of the Standard Webhooks libraries.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers_of(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    timestamp = int(time.time() if at is None else at)
    return {
        "webhook-id": "r1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,AAAA {sign(secret, 'r1', timestamp, body)}",
    }


def test_a_call_is_refused_unless_its_signature_is_valid(serve: Serve, client: httpx.Client) -> None:
    url = serve(secret=SECRET)
    body = json.dumps(request_of()).encode()
    assert client.post(f"{url}/generate", content=body, headers=headers_of(body)).status_code == 200
    for headers in (
        {},
        headers_of(body + b" "),
        headers_of(body, secret="another"),
        headers_of(body, at=time.time() - 400),
        headers_of(body, at=time.time() + 400),
        headers_of(body) | {"webhook-id": "r2"},
        headers_of(body) | {"webhook-timestamp": "٣"},
        headers_of(body) | {"webhook-signature": ""},
    ):
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = client.post(f"{url}/generate", content=body, headers=encoded)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
    assert client.get(f"{url}/health").status_code == 401
    assert client.get(f"{url}/health", headers=headers_of(b"")).status_code == 200
    assert client.delete(f"{url}/generate/r1").status_code == 401


def test_a_secret_without_the_prefix_whsec_works_and_a_call_with_another_secret_is_refused() -> None:
    now = 1_700_000_000
    signature = sign("plain", "id", now, b"x")
    headers = {"webhook-id": "id", "webhook-timestamp": str(now), "webhook-signature": signature}
    assert is_signed("plain", headers, b"x", now)
    assert not is_signed("whsec_" + base64.b64encode(b"other").decode(), headers, b"x", now)
