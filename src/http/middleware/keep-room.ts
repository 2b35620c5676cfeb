// Handles a full or nearly full disk. On a full disk, Rondo's reserve file is deleted before a request that deletes
// something, so that the deletion can be written. On a nearly full disk, writes to a business's own streams are
// refused.
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "../wire.ts";

export interface Room {
  makeRoom(): void;
  /** Throws STORAGE_FULL if the disk is nearly full. */
  refuseWhenLow(): void;
}

const storing = /^\/v1\/stream\//;

export const keepRoom = (room: Room) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const { method, path } = c.req;
    if (method === "DELETE") room.makeRoom();
    else if ((method === "POST" || method === "PUT") && storing.test(path)) room.refuseWhenLow();
    await next();
  });
