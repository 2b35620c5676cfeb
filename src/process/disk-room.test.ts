import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config/config.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createDiskRoom } from "./disk-room.ts";

test("if the reserve file on the disk is too short, the next start restores its size", async () => {
  await using directory = await createTemporaryDirectory();
  const config = { ...readConfig({ RONDO_DATA: directory.path }), diskLeftFreeBytes: 0 };
  const reserveOf = () => statSync(join(directory.path, ".reserve")).size;
  createDiskRoom(config).keepReserve()();
  const wholeBytes = reserveOf();
  expect(wholeBytes).toBeGreaterThan(0);
  writeFileSync(join(directory.path, ".reserve"), new Uint8Array(1000));
  createDiskRoom(config).keepReserve()();
  expect(reserveOf()).toBe(wholeBytes);
});
