// Runs the contract tests of object stores with an emulator of Google Cloud Storage that is not part of Rondo. Rondo's
// own test server may contain the same misunderstanding of Google's API as the adapter. Only an emulator from other
// people shows such a mistake.
import { afterAll, beforeAll, describe } from "bun:test";
import { onCi } from "../../../testing/runners/on-ci.ts";
import { objectStoreContract } from "../contract.ts";
import { type GcsEmulator, hasEmulator, startEmulator } from "./fixtures/emulator.ts";
import { createGcsObjectStore } from "./store.ts";

if (!hasEmulator && onCi)
  throw new Error("gcp-storage-emulator is not installed, and on CI no test may be skipped");

describe.skipIf(!hasEmulator)(
  "the GCS object store on an emulator (skipped without gcp-storage-emulator: `bun run test --install-tools` installs it)",
  () => {
    let emulator: GcsEmulator;
    let buckets = 0;
    beforeAll(async () => {
      emulator = await startEmulator();
    }, 60_000);
    afterAll(() => emulator[Symbol.asyncDispose]());

    objectStoreContract(async () => {
      const url = await emulator.createBucket(`bucket-${++buckets}`);
      const open = () => createGcsObjectStore({ url, noteKey: new Uint8Array(32).fill(7) });
      return { first: open(), second: open(), async [Symbol.asyncDispose]() {} };
    });
  },
);
