"""Serves Rondo's calls to a generator: /health, /capabilities, /generate and /generate/{requestId}."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator, Coroutine
from urllib.parse import quote

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ValidationError
from pymongo import AsyncMongoClient
from starlette.exceptions import HTTPException
from starlette.types import Send

from .contract import Capabilities, GenerateRequest, Health, Problem
from .deliveries.mongodb import Document, deliver_to_mongodb
from .deliveries.stream import deliver_to_stream
from .encoding import CONTENT_TYPES, MP3, content_type_for
from .engine import Engine
from .generation import Failed, Generation
from .generations import Generations
from .settings import Settings
from .signature import is_signed

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 256 * 1024


def create_app(settings: Settings, engine: Engine) -> FastAPI:
    state = State(settings, engine)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await state.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)

    @app.exception_handler(Problem)
    async def refuse(_: Request, problem: Problem) -> Response:
        return problem_response(problem)

    @app.exception_handler(HTTPException)
    async def unknown(_: Request, error: HTTPException) -> Response:
        return problem_response(
            Problem(
                error.status_code,
                "NOT_FOUND" if error.status_code == 404 else "METHOD_NOT_ALLOWED",
                "There is no such call.",
                "GET /health, GET /capabilities, POST /generate, DELETE /generate/{requestId}",
            )
        )

    @app.get("/health")
    async def health(request: Request) -> Response:
        await state.signed_body(request)
        return body_response(state.generations.health())

    @app.get("/capabilities")
    async def capabilities(request: Request) -> Response:
        await state.signed_body(request)
        health = state.generations.health()
        return body_response(
            Capabilities(
                name=engine.name,
                content_types=list(CONTENT_TYPES),
                seconds_min=engine.seconds_min,
                seconds_max=engine.seconds_max,
                delivery=["body", "stream", "mongodb"],
                deterministic=engine.deterministic,
                versions=True,
                extend=engine.extends,
                licence=engine.licence,
                slots=health.slots,
                steps_per_second=health.steps_per_second,
            )
        )

    @app.post("/generate")
    async def generate(request: Request) -> Response:
        wanted = parse_request(await state.signed_body(request))
        delivery = wanted.delivery
        if delivery.mongodb is None and delivery.stream is None:
            generation, _ = state.generations.start(
                wanted, content_type_for(request.headers.get("accept", ""))
            )
            return await audio_response(generation)
        if delivery.mongodb is not None and (delivery.mongodb.url or settings.mongodb_url) is None:
            raise Problem(
                422,
                "INVALID_PARAMETER",
                "This generator knows no MongoDB server.",
                "Set MONGODB_URL here, or send delivery.mongodb.url.",
            )
        generation, is_new = state.generations.start(wanted, MP3)
        if is_new:
            state.deliver(generation)
        return JSONResponse({"delivery": "mongodb" if delivery.mongodb else "stream"}, status_code=202)

    @app.delete("/generate/{request_id}", status_code=204)
    async def cancel(request_id: str, request: Request) -> Response:
        await state.signed_body(request)
        state.generations.cancel(request_id)
        return Response(status_code=204)

    return app


class State:
    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.generations = Generations(engine, slots=settings.slots, queue=settings.queue)
        self._settings = settings
        self._http = httpx.AsyncClient(timeout=10, follow_redirects=False, trust_env=False)
        self._mongo: dict[str, AsyncMongoClient[Document]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()

    async def signed_body(self, request: Request) -> bytes:
        """Returns the body.

        Raises Problem: 413 (the body is too large), 401 (a secret is set, and the call is not signed with it).
        """
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > BODY_BYTES_MAX:
                raise Problem(
                    413, "BODY_TOO_LARGE", "The body is too large.", f"At most {BODY_BYTES_MAX} bytes."
                )
        secret = self._settings.secret
        if secret is not None and not is_signed(secret, request.headers, bytes(body), time.time()):
            raise Problem(
                401,
                "UNAUTHENTICATED",
                "This call is not signed with the secret of this generator.",
                "Set the same RONDO_GENERATOR_SECRET here and in Rondo, and compare the clocks.",
            )
        return bytes(body)

    def deliver(self, generation: Generation) -> None:
        task = asyncio.get_running_loop().create_task(logged(generation, self._delivery_of(generation)))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _delivery_of(self, generation: Generation) -> None:
        delivery = generation.request.delivery
        if delivery.mongodb is not None:
            url = delivery.mongodb.url or self._settings.mongodb_url or ""
            client = self._mongo.setdefault(url, AsyncMongoClient(url, serverSelectionTimeoutMS=5_000))
            await deliver_to_mongodb(generation, client, delivery.mongodb.database, delivery.mongodb.stream)
        elif delivery.stream is not None:
            await deliver_to_stream(generation, delivery.stream, self._http)

    async def close(self) -> None:
        await asyncio.to_thread(self.generations.close)
        if self._deliveries:
            await asyncio.wait(self._deliveries, timeout=5)
        for task in self._deliveries:
            task.cancel()
        await self._http.aclose()
        for client in self._mongo.values():
            await client.close()


async def logged(generation: Generation, work: Coroutine[None, None, None]) -> None:
    """Runs a delivery.

    If the delivery fails, logs the error and cancels the generation, because nobody would receive the rest. The
    error is not raised.
    """
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("the delivery of generation %s failed", generation.request.request_id)
        generation.cancel("Its delivery failed.")


def parse_request(body: bytes) -> GenerateRequest:
    """Parses a body. If the body is invalid, raises Problem 400, which names the first wrong field."""
    try:
        return GenerateRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "/" + "/".join(str(part) for part in first["loc"])
        raise Problem(
            400,
            "INVALID_PARAMETER",
            f"{place}: {first['msg']}.",
            "See Rondo's docs/generators.md for the fields.",
        ) from None


async def audio_response(generation: Generation) -> Response:
    """Returns the response after the first bytes are made.

    If the generation fails before that, raises Problem 500. So the client does not get an empty response with the
    status 200.
    """
    chunks = generation.read()
    try:
        first = await anext(chunks)
    except Failed as failure:
        raise Problem(500, "GENERATION_FAILED", str(failure), "See this generator's log.") from None

    async def body() -> AsyncIterator[bytes]:
        yield first
        # If Failed is raised here, the response breaks off. So no client takes the response for a complete piece.
        async for chunk in chunks:
            yield chunk

    return BrokenOffResponse(
        body(),
        media_type=generation.content_type,
        headers={
            "x-title": quote(title_of(generation.request.prompt), safe=" ,.'-!&()"),
            "x-duration-seconds": f"{generation.request.duration_seconds:g}",
        },
    )


class BrokenOffResponse(StreamingResponse):
    """A streaming response that can fail: if the iterator of the body raises Failed, the connection is closed before
    the end of the body. So the client notices the failure. One line is logged, without a traceback.
    """

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except Failed as failure:
            log.info("a body was broken off: %s", failure)


def title_of(prompt: str) -> str:
    """Returns the prompt on one line. A prompt of more than 60 characters is shortened, and ends with an ellipsis."""
    words = " ".join(prompt.split())
    if len(words) <= 60:
        return words
    return words[:60].rsplit(" ", 1)[0] + "…"


def body_response(body: Health | Capabilities) -> Response:
    return JSONResponse(body.model_dump(by_alias=True, exclude_none=True))


def problem_response(problem: Problem) -> Response:
    wait = problem.retry_after_seconds
    headers = {} if wait is None else {"retry-after": str(math.ceil(wait))}
    content = {"code": problem.code, "message": problem.message, "hint": problem.hint}
    return JSONResponse(content, status_code=problem.status, headers=headers)
