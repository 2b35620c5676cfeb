// Handles full and nearly full disks. Before a DELETE request, the reserve file of each full disk
// is deleted, so that the deletion can be written. If a disk is nearly full, a POST or PUT to a
// business's own streams is refused.
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "../wire.ts";

export interface Room {
  /** Deletes the reserve file of each full disk. If no disk is full, this does nothing. */
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
