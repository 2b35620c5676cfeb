"""Defines the bodies of requests and responses between Rondo and a generator, as in Rondo's docs/generators.md."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

SAMPLE_RATE = 44_100

Id = Annotated[str, StringConstraints(pattern=r"^[\w.:@-]{1,128}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True)


class Options(Body):
    """The options of a request. An unknown option is refused, because it would have no effect."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)

    tempo: Annotated[float, Field(ge=30, le=300)] | None = None
    key: Annotated[str, StringConstraints(max_length=40)] | None = None
    style: Annotated[str, StringConstraints(max_length=200)] | None = None
    lyrics: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    instrumental: bool | None = None


class Parent(Body):
    row_id: Id
    instruction: Text
    audio_url: str | None = None
    spec: object | None = None


class StreamDelivery(Body):
    #: The URL to which the chunks are sent: POST /v1/generations/{requestId}/chunks of Rondo.
    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2_000)]
    token: Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class MongodbDelivery(Body):
    database: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,63}$")]
    #: The `_id` of the stream's document in the collection `streams`.
    stream: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    url: Annotated[str, StringConstraints(pattern=r"^mongodb(\+srv)?://", max_length=2_000)] | None = None


class Delivery(Body):
    stream: StreamDelivery | None = None
    mongodb: MongodbDelivery | None = None


class GenerateRequest(Body):
    business_id: Id
    user_id: Id
    #: A second request with the same id and the same content gets the same generation, unless the generation was
    #: cancelled. A request with the same id and other content is refused with 409.
    request_id: Id
    #: The id of the version whose audio is made. Its chunks are stored under this id.
    row_id: Id
    prompt: Text
    duration_seconds: Annotated[float, Field(gt=0, le=3_600)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    options: Options = Options()
    parent: Parent | None = None
    #: After this time nobody waits for the audio, so an unfinished generation is cancelled.
    deadline: datetime | None = None
    delivery: Delivery = Delivery()

    @property
    def samples(self) -> int:
        return round(self.duration_seconds * SAMPLE_RATE)


class Health(Body):
    status: Literal["ready", "starting", "busy"]
    slots: int
    free: int
    queued: int
    #: The estimated time until a slot is free; 0 if a slot is free now.
    eta_seconds: float
    #: The measured steps per second with all slots in use. An engine that doesn't work in steps omits this field.
    steps_per_second: float | None = None


class Capabilities(Body):
    name: str
    content_types: list[str]
    seconds_min: float
    seconds_max: float
    delivery: list[Literal["body", "stream", "mongodb"]]
    #: Whether the same request gives the same bytes.
    deterministic: bool
    versions: bool
    #: Whether the engine can continue the sound of a version's parent.
    extend: bool
    licence: str
    #: The number of pieces that can be made at the same time.
    slots: int
    steps_per_second: float | None = None


class Problem(Exception):
    """An error response `{code, message, hint}`: the message has the reason, and the hint says what to do."""

    def __init__(
        self, status: int, code: str, message: str, hint: str, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.retry_after_seconds = retry_after_seconds
