"""Delivers a piece by appends to a Durable Stream of Rondo: one numbered request for each chunk."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from ..contract import StreamDelivery
from ..generation import Failed, Generation

log = logging.getLogger(__name__)

#: The waits between the attempts of one append, in seconds. After the last attempt the delivery fails.
WAITS = (0.1, 0.2, 0.5, 1, 2, 4, 8, 8, 8)
#: A progress event has no waits: its append has only one attempt, so that the event does not delay the audio.
NO_WAITS: tuple[float, ...] = ()


#: The longest wait for a Retry-After, in seconds. A longer Retry-After is shortened, because the piece has a deadline.
RETRY_AFTER_MOST = 30.0


@dataclass(frozen=True)
class Failure:
    """An attempt to append failed, but the next attempt may succeed."""

    reason: str
    #: The seconds to wait, from the header Retry-After of Rondo's response; 0 if there is no such header.
    asked_wait: float = 0.0


class Refused(Exception):
    """Rondo refused an append (the stream is closed or deleted, or the token has expired), or all attempts failed."""


async def deliver_to_stream(
    generation: Generation, to: StreamDelivery, client: httpx.AsyncClient, waits: tuple[float, ...] = WAITS
) -> None:
    """Delivers a piece and closes the stream.

    If the piece fails, the stream stays open, and one event with the reason is sent. If Rondo refuses the audio,
    this function cancels the generation. In both cases nothing is raised.
    """
    request_id = generation.request.request_id
    chunks = Appender(client, to.url, to.token, request_id, "audio/mpeg")
    events = Appender(client, events_url(to.url), to.token, f"{request_id}.events", "application/json")
    try:
        async for chunk in generation.read():
            before = generation.seconds_made
            await chunks.append(chunk, waits)
            await tell_progress(events, before)
        await chunks.append(b"", waits, closes=True)
    except Failed as failure:
        log.info("generation %s ended early: %s", generation.request.request_id, failure)
        event: dict[str, object] = {
            "type": "failed",
            "at": now(),
            "code": "GENERATION_FAILED",
            "reason": str(failure),
        }
        await tell(events, event, waits)
    except Refused as refusal:
        log.info(
            "generation %s is cancelled, because Rondo did not accept its audio: %s",
            generation.request.request_id,
            refusal,
        )
        generation.cancel("Rondo accepts no more chunks of this piece.")


class Appender:
    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        token: str,
        producer: str,
        content_type: str,
    ) -> None:
        self._client = client
        self._url = url
        self._headers = {
            "authorization": f"Bearer {token}",
            "content-type": content_type,
            "producer-id": producer,
            "producer-epoch": "0",
        }
        self._next = 0
        #: The last append, if no attempt has shown whether Rondo stored it.
        self._unanswered: tuple[bytes, dict[str, str]] | None = None

    async def append(self, content: bytes, waits: tuple[float, ...], *, closes: bool = False) -> None:
        """Appends a chunk. Raises Refused.

        After a temporary failure, sends the chunk again with the same number, so that Rondo stores it only once.

        If it is unknown whether the previous append was stored, that append is repeated first. Without this, the new
        chunk would get the number of the previous append, and Rondo could ignore the chunk as a repetition.
        """
        if self._unanswered is not None:
            await self._send(*self._unanswered, waits)
        headers = self._headers | {"producer-seq": str(self._next)}
        if closes:
            headers["stream-closed"] = "true"
        await self._send(content, headers, waits)

    async def _send(self, content: bytes, headers: dict[str, str], waits: tuple[float, ...]) -> None:
        self._unanswered = None
        for wait in (*waits, None):
            failure = await self._try(content, headers)
            if failure is None:
                self._next += 1
                return
            if wait is None:
                self._unanswered = (content, headers)
                raise Refused(failure.reason)
            await asyncio.sleep(max(wait, failure.asked_wait))

    async def _try(self, content: bytes, headers: dict[str, str]) -> Failure | None:
        """Returns None if the chunk was stored, or a failure after which a retry may succeed. Raises Refused."""
        try:
            answer = await self._client.post(self._url, content=content, headers=headers)
        except httpx.TransportError as error:
            return Failure(f"{type(error).__name__}: Rondo can't be reached.")
        if answer.is_success:
            return None
        if answer.status_code in (429, 500, 502, 503, 504, 507):
            return Failure(f"Rondo answered {answer.status_code}.", retry_after(answer))
        raise Refused(f"Rondo answered {answer.status_code}.")


async def tell_progress(events: Appender, seconds: float) -> None:
    await tell(events, {"type": "progress", "at": now(), "generatedMs": round(seconds * 1000)}, NO_WAITS)


async def tell(events: Appender, event: dict[str, object], waits: tuple[float, ...]) -> None:
    """Sends an event. If Rondo refuses the event or all attempts fail, nothing is raised: the generation continues."""
    try:
        await events.append(json.dumps(event).encode(), waits)
    except Refused as refusal:
        log.debug("an event was not stored: %s", refusal)


def retry_after(answer: httpx.Response) -> float:
    """Returns the seconds of Retry-After, at most RETRY_AFTER_MOST; 0 if the header is missing or contains a date."""
    given = answer.headers.get("retry-after", "")
    return min(float(given), RETRY_AFTER_MOST) if given.isdecimal() else 0.0


def events_url(chunks_url: str) -> str:
    return chunks_url.removesuffix("/chunks") + "/events"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
