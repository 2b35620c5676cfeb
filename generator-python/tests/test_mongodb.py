"""Tests delivery to the server at MONGODB_URL: MongoDB, or a stand-in that speaks MongoDB's protocol."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from threading import Event
from typing import Any

import httpx
import pytest
from bson.binary import Binary
from pymongo import MongoClient
from pymongo.database import Database

from .conftest import Serve, request_of, until
from .engines import Scripted

URL = os.environ.get("MONGODB_URL")
pytestmark = pytest.mark.skipif(URL is None, reason="MONGODB_URL is not set: there is no server to write to")


@pytest.fixture
def database() -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](URL) as mongo:
        name = f"rondo_test_{uuid.uuid4().hex[:12]}"
        mongo[name].chunks.create_index([("stream", 1), ("seq", 1)], unique=True)
        yield mongo[name]
        mongo[name].chunks.delete_many({})


def asked(url: str, database: Database[dict[str, Any]], client: httpx.Client) -> None:
    delivery = {"mongodb": {"database": database.name, "stream": "s1", "url": URL}}
    answer = client.post(f"{url}/generate", json=request_of(delivery=delivery))
    assert (answer.status_code, answer.json()) == (202, {"delivery": "mongodb"})


def stored(database: Database[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(database.chunks.find({"stream": "s1"}).sort("seq", 1))


def is_ended(database: Database[dict[str, Any]]) -> bool:
    return stored(database)[-1:] != [] and stored(database)[-1].get("end") is True


def test_each_chunk_is_stored_with_the_ids_of_its_request_and_an_end_record_follows(
    serve: Serve, client: httpx.Client, database: Database[dict[str, Any]]
) -> None:
    url = serve()
    body = client.post(f"{url}/generate", json=request_of(requestId="other")).content
    asked(url, database, client)
    until("the end is stored", lambda: is_ended(database))
    documents = stored(database)
    assert [one["seq"] for one in documents] == list(range(len(documents)))
    assert {(one["requestId"], one["userId"], one["rowId"]) for one in documents} == {("r1", "ada", "v1")}
    assert b"".join(one.get("data", b"") for one in documents) == body


def test_another_server_continues_after_the_stored_chunks(
    serve: Serve, client: httpx.Client, database: Database[dict[str, Any]]
) -> None:
    first = serve(Scripted(blocks=3, fails=True))
    asked(first, database, client)
    until(
        "it has ended", lambda: client.get(f"{first}/health").json()["free"] == 2 and stored(database) != []
    )
    before = stored(database)
    assert not is_ended(database)
    asked(serve(Scripted()), database, client)
    until("the end is stored", lambda: is_ended(database))
    body = client.post(f"{serve(Scripted())}/generate", json=request_of()).content
    assert b"".join(one.get("data", b"") for one in stored(database)) == body
    assert stored(database)[: len(before)] == before


def test_a_stream_with_chunks_of_another_request_stops_the_engine(
    serve: Serve, client: httpx.Client, database: Database[dict[str, Any]]
) -> None:
    database.chunks.insert_one({"stream": "s1", "seq": 0, "requestId": "r0", "data": Binary(b"x")})
    url = serve(Scripted(go=Event()))
    asked(url, database, client)
    until("its slot is free", lambda: client.get(f"{url}/health").json()["free"] == 2)
    assert [one["requestId"] for one in stored(database)] == ["r0"]


def test_an_incomplete_piece_has_no_end_record(
    serve: Serve, client: httpx.Client, database: Database[dict[str, Any]]
) -> None:
    url = serve(Scripted(blocks=3, fails=True))
    asked(url, database, client)
    until("it has ended", lambda: client.get(f"{url}/health").json()["free"] == 2 and stored(database) != [])
    assert not is_ended(database)
