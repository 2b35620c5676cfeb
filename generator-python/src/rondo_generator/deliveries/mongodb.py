"""Delivers a piece to MongoDB, one document for each chunk, as Rondo's docs/reference/chunks.md describes."""

from __future__ import annotations

import logging
from typing import Any

from bson.binary import Binary
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from ..generation import Failed, Generation

log = logging.getLogger(__name__)

Document = dict[str, Any]


async def deliver_to_mongodb(
    generation: Generation, client: AsyncMongoClient[Document], database: str, stream: str
) -> None:
    """Inserts the chunks that this request has not stored yet. After an error, a second call continues the delivery.

    After the last chunk of a complete piece, inserts the end record. If the generation fails or is cancelled, inserts
    no end record and raises nothing. If the stream accepts no more chunks, cancels the generation. Raises the errors
    of MongoDB.
    """
    chunks = client.get_database(database, write_concern=majority()).get_collection("chunks")
    request = generation.request
    record = {"requestId": request.request_id, "userId": request.user_id, "rowId": request.row_id}
    stored = await chunks.count_documents({"stream": stream, **record})
    seq = stored
    try:
        async for chunk in generation.read(stored):
            if not await insert(chunks, {"stream": stream, "seq": seq, **record, "data": Binary(chunk)}):
                return stop(generation)
            seq += 1
        if not await insert(chunks, {"stream": stream, "seq": seq, **record, "end": True}):
            return stop(generation)
    except Failed as failure:
        log.info("generation %s ended early: %s", request.request_id, failure)
    return None


async def insert(chunks: AsyncCollection[Document], document: Document) -> bool:
    """Inserts a document. Returns True if the document is stored, or if this request already stored this `seq`.

    Returns False if the stream was deleted, or if another writer has stored a document with the same `seq`.
    """
    try:
        await chunks.insert_one(document)
        return True
    except DuplicateKeyError:
        place = {"stream": document["stream"], "seq": document["seq"]}
        there = await chunks.find_one(place, {"requestId": 1})
        return there is not None and there.get("requestId") == document["requestId"]


def stop(generation: Generation) -> None:
    log.info("generation %s: its stream accepts no more chunks", generation.request.request_id)
    generation.cancel("The stream accepts no more chunks.")


def majority() -> Any:
    from pymongo import WriteConcern

    return WriteConcern(w="majority")
