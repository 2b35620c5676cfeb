import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openLink } from "../../../testing/servers/breakable-link.ts";
import { type GcsServer, startGcsServer } from "../../../testing/servers/gcs/gcs-server.ts";
import type { GcsRequest } from "../../../testing/servers/gcs/gcs-server-faults.ts";
import { createGcsSigner } from "../../../testing/servers/gcs/gcs-signer.ts";
import { until } from "../../../testing/until.ts";
import { bytesOf, inChunks, objectStoreContract, readWhole } from "../contract.ts";
import { crc32c } from "../crc32c.ts";
import { inspectGcs } from "./inspect.ts";
import { createGcsObjectStore } from "./store.ts";

const noteKey = new Uint8Array(32).fill(7);
const pieceBytes = 256 * 1024;
const audio = { contentType: "audio/mpeg" };
const key = { businessId: "acme", path: "versions/v1/audio.mp3" };
const storeAt = (url: string) => createGcsObjectStore({ url, noteKey, pieceBytes });

for (const [title, options] of [
  ["one request per object", {}],
  ["pieces of 256 KiB", { pieceBytes }],
  ["in a folder of the bucket", { folder: "music/of-rondo" }],
] as const) {
  describe(title, () => {
    objectStoreContract(async () => {
      const server = startGcsServer();
      const folder = "folder" in options ? `/${options.folder}` : "";
      const url = server.url.replace(server.bucketName, `${server.bucketName}${folder}`);
      return {
        first: createGcsObjectStore({ ...options, url, noteKey }),
        second: createGcsObjectStore({ ...options, url, noteKey }),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    });
  });
}

/** Returns the number of content bytes in all requests whose index is at least `since`. */
const sentBytes = (server: GcsServer, since = 0): number =>
  server.requests
    .slice(since)
    .filter(({ kind }) => kind === "put")
    .reduce((sum, { bytes }) => sum + bytes, 0);

const namesIn = (server: GcsServer): string[] => [...server.bucket.objects.keys()];

describe("an interrupted upload", () => {
  const bytes = bytesOf(2_000_000);
  const write = { ...audio, expected: { bytes: bytes.length } };

  /** Starts an upload in a child process. Kills the child when the server has five pieces. */
  async function killUpload(server: GcsServer, path = key.path): Promise<void> {
    const script = join(import.meta.dirname, "process.ts");
    const child = Bun.spawn([process.execPath, script, server.url, path, "2000000", "1400000"]);
    await until("the server has five pieces", () => server.uploadedBytes()[0] === 5 * pieceBytes, 20_000);
    child.kill("SIGKILL");
    await child.exited;
  }

  test("is continued at the next byte by another process", async () => {
    await using server = startGcsServer();
    await killUpload(server);
    const store = storeAt(server.url);
    expect(await store.head(key)).toBeUndefined();
    expect((await store.list({ businessId: "acme" })).items).toEqual([]);

    const before = server.requests.length;
    const facts = await store.write(key, inChunks(bytes), write);
    expect(sentBytes(server, before)).toBe(bytes.length - 5 * pieceBytes);
    expect(facts.crc32c).toBe(crc32c(bytes));
    expect(await readWhole(store, key)).toEqual(bytes);
    expect(namesIn(server)).toEqual(["acme/versions/v1/audio.mp3"]);
    expect(server.uploadedBytes()).toEqual([]);
  }, 60_000);

  test("is never continued with other content that has the same beginning", async () => {
    await using server = startGcsServer();
    await killUpload(server);
    const store = storeAt(server.url);
    const other = bytes.slice();
    other[300_000]! ^= 1;
    await expect(store.write(key, inChunks(other), write)).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
    expect(namesIn(server)).toEqual([]);
    await store.write(key, inChunks(other), write);
    expect(await readWhole(store, key)).toEqual(other);
  }, 60_000);

  test("starts again from the first byte if the server has forgotten the upload", async () => {
    await using server = startGcsServer();
    await killUpload(server);
    server.forgetUploads();
    const store = storeAt(server.url);
    await store.write(key, inChunks(bytes), write);
    expect(await readWhole(store, key)).toEqual(bytes);
    expect(namesIn(server)).toHaveLength(1);
  }, 60_000);

  test("can be repeated if the server forgets the upload during the write", async () => {
    await using server = startGcsServer();
    const store = storeAt(server.url);
    const forgetting = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 700_000);
      server.forgetUploads();
      yield bytes.subarray(700_000);
    };
    await expect(store.write(key, forgetting(), write)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(namesIn(server)).toEqual([]);
    await store.write(key, inChunks(bytes), write);
    expect(await readWhole(store, key)).toEqual(bytes);
  });

  test("is removed by a sweep only if the upload was idle for longer than the sweep allows", async () => {
    await using server = startGcsServer();
    await killUpload(server);
    const store = storeAt(server.url);
    expect(await store.sweep(3_600_000)).toBe(0);
    expect(await store.sweep(-1_000)).toBe(1);
    expect(namesIn(server)).toEqual([]);
    expect(server.uploadedBytes()).toEqual([]);
  }, 60_000);

  test("can't be continued by others who can read the bucket", async () => {
    await using server = startGcsServer();
    await killUpload(server);
    const notes = JSON.stringify([...server.bucket.objects.values()].map(server.bucket.describe));
    expect(notes).toContain("@uploads/acme");
    expect(notes).not.toContain("upload_id");
    const stranger = createGcsObjectStore({ url: server.url, noteKey: new Uint8Array(32), pieceBytes });
    await stranger.write(key, inChunks(bytes), write);
    expect(await readWhole(stranger, key)).toEqual(bytes);
  }, 60_000);

  test("is continued at the first missing byte if the server accepted a part of a piece", async () => {
    await using server = startGcsServer();
    const store = createGcsObjectStore({ url: server.url, noteKey, pieceBytes: 4 * pieceBytes });
    let faults = 0;
    server.fault = ({ kind, bytes: sent }) =>
      kind === "put" && sent > 0 && faults++ === 0 ? { keepBytes: pieceBytes, status: 503 } : undefined;
    await store.write(key, inChunks(bytes), write);
    expect(await readWhole(store, key)).toEqual(bytes);
    expect(server.requests.filter(({ kind }) => kind === "put").map(({ range }) => range)).toEqual([
      "bytes 0-1048575/*",
      "bytes */*",
      "bytes 262144-1048575/*",
      "bytes 1048576-1999999/2000000",
    ]);
  });

  test("is continued by the same write after a short interruption of the connection", async () => {
    await using server = startGcsServer();
    await using link = await openLink({ host: "127.0.0.1", port: Number(new URL(server.origin).port) });
    const store = storeAt(`gs://${server.bucketName}?endpoint=http://127.0.0.1:${link.port}`);
    const cutting = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 700_000);
      await link.cut();
      setTimeout(() => void link.mend(), 200);
      yield bytes.subarray(700_000);
    };
    await store.write(key, cutting(), write);
    expect(await readWhole(store, key)).toEqual(bytes);
  });
});

describe("the parts of a large object", () => {
  const partBytes = 600_000;
  const bytes = bytesOf(2_000_000);
  const write = { ...audio, expected: { bytes: bytes.length, crc32c: crc32c(bytes) } };
  const inParts = (server: GcsServer) =>
    createGcsObjectStore({ url: server.url, noteKey, pieceBytes, partBytes });

  test("are composed into the object and then removed", async () => {
    await using server = startGcsServer();
    const store = inParts(server);
    const facts = await store.write(key, inChunks(bytes), write);
    expect(facts).toMatchObject({ bytes: 2_000_000, crc32c: crc32c(bytes), contentType: "audio/mpeg" });
    expect(await store.head(key)).toEqual(facts);
    expect(await readWhole(store, key)).toEqual(bytes);
    expect(server.requests.filter(({ kind }) => kind === "session")).toHaveLength(4);
    expect(namesIn(server)).toEqual(["acme/versions/v1/audio.mp3"]);
  });

  test("are reused by the next write after an interruption", async () => {
    await using server = startGcsServer();
    const store = inParts(server);
    const breaking = async function* (): AsyncGenerator<Uint8Array> {
      yield* inChunks(bytes.subarray(0, 1_650_000));
      throw new Error("broke");
    };
    await expect(store.write(key, breaking(), write)).rejects.toThrow("broke");
    expect(await store.head(key)).toBeUndefined();
    const before = server.requests.length;
    await store.write(key, inChunks(bytes), write);
    expect(sentBytes(server, before)).toBe(2_000_000 - 2 * partBytes - pieceBytes);
    expect(await readWhole(store, key)).toEqual(bytes);
    expect(namesIn(server)).toHaveLength(1);
  });

  test("are not used for a later write of other content", async () => {
    await using server = startGcsServer();
    const store = inParts(server);
    const breaking = async function* (): AsyncGenerator<Uint8Array> {
      yield* inChunks(bytes.subarray(0, 700_000));
      throw new Error("broke");
    };
    await expect(store.write(key, breaking(), write)).rejects.toThrow("broke");
    const other = bytesOf(2_000_000, 5);
    const otherWrite = { ...audio, expected: { bytes: other.length } };
    await expect(store.write(key, inChunks(other), otherWrite)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await store.write(key, inChunks(other), otherWrite);
    expect(await readWhole(store, key)).toEqual(other);
  });

  test("are never composed if the content has a wrong length or checksum", async () => {
    await using server = startGcsServer();
    const store = inParts(server);
    for (const [content, expected] of [
      [bytes.subarray(0, 1_999_999), write.expected],
      [bytesOf(2_000_001), write.expected],
      [bytes, { ...write.expected, crc32c: 1 }],
    ] as const) {
      await expect(store.write(key, inChunks(content), { ...audio, expected })).rejects.toMatchObject({
        code: "CONTENT_DAMAGED",
      });
    }
    expect(namesIn(server).filter((name) => !name.includes("@"))).toEqual([]);
    expect(await store.sweep(-1_000)).toBeLessThanOrEqual(1);
    expect(namesIn(server)).toEqual([]);
  });

  test("become larger if the object would need more than 32 parts", async () => {
    await using server = startGcsServer();
    const store = createGcsObjectStore({ url: server.url, noteKey, pieceBytes, partBytes: 10_000 });
    await store.write(key, inChunks(bytes), write);
    expect(await readWhole(store, key)).toEqual(bytes);
    server.bucket.put("@parts/acme/left/00", bytesOf(10), {});
    expect(await store.sweep(3_600_000)).toBe(0);
    expect(await store.sweep(-1_000)).toBe(1);
    expect(namesIn(server)).toEqual(["acme/versions/v1/audio.mp3"]);
  });
});

describe("if damaged content is stored and another process then replaces the object,", () => {
  const name = "acme/versions/v1/audio.mp3";
  const bytes = bytesOf(2_000_000);
  const write = { ...audio, expected: { bytes: bytes.length } };
  const other = bytesOf(1_000, 9);

  /**
   * Causes a fault in the last request of a write: the server stores damaged content. Another process then replaces the
   * object with `other`.
   */
  const damage = (server: GcsServer, isLast: (request: GcsRequest) => boolean): void => {
    server.fault = (request) => {
      if (!isLast(request)) return undefined;
      const damaged = server.bucket.describe(server.bucket.put(name, bytesOf(2_000_000, 5), audio));
      server.bucket.put(name, other, audio);
      return { answer: Response.json(damaged) };
    };
  };

  test.each([
    [
      "a write in one upload",
      {},
      ({ kind, range }: GcsRequest) => kind === "put" && range?.endsWith("/2000000") === true,
    ],
    ["a write in parts", { partBytes: 600_000 }, ({ kind }: GcsRequest) => kind === "compose"],
  ])("%s fails without removing the newer object", async (_, options, isLast) => {
    await using server = startGcsServer();
    const store = createGcsObjectStore({ url: server.url, noteKey, pieceBytes, ...options });
    damage(server, isLast);
    await expect(store.write(key, inChunks(bytes), write)).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
    expect(namesIn(server)).toEqual([name]);
    expect(await readWhole(store, key)).toEqual(other);
  });
});

test("a write holds at most one piece and one chunk that the server has not received yet", async () => {
  await using server = startGcsServer();
  const store = storeAt(server.url);
  let given = 0;
  let aheadMost = 0;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of inChunks(bytesOf(3_000_000), 50_000)) {
      aheadMost = Math.max(aheadMost, given - (server.uploadedBytes()[0] ?? 0));
      yield chunk;
      given += chunk.length;
    }
  };
  await store.write(key, watched(), audio);
  expect(aheadMost).toBeLessThanOrEqual(pieceBytes + 50_000);
});

describe("reading from a bucket", () => {
  test("after an interrupted response, reading continues at the next byte", async () => {
    await using server = startGcsServer();
    const store = storeAt(server.url);
    const bytes = bytesOf(1_000_000);
    await store.write(key, inChunks(bytes), audio);
    let faults = 0;
    server.fault = ({ kind }) => (kind === "media" && faults++ === 0 ? { bodyBytes: 300_000 } : undefined);
    expect(await readWhole(store, key, { start: 1_000 })).toEqual(bytes.slice(1_000));
    const [first, second] = server.requests.filter(({ kind }) => kind === "media");
    expect(first?.range).toBe("bytes=1000-999999");
    expect(second?.range).toBe("bytes=301000-999999");
  });

  test("if an object is replaced before a read receives content, the read returns the new object", async () => {
    await using server = startGcsServer();
    const store = storeAt(server.url);
    await store.write(key, inChunks(bytesOf(1_000)), audio);
    let replaced = false;
    server.fault = ({ kind, name }) => {
      if (kind !== "media" || replaced) return undefined;
      replaced = true;
      server.bucket.put(name, bytesOf(2_000, 9), audio);
      return undefined;
    };
    const read = (await store.read(key))!;
    expect(read.facts).toMatchObject({ bytes: 2_000, crc32c: crc32c(bytesOf(2_000, 9)) });
    expect(Buffer.concat(await Array.fromAsync(read.checked()))).toEqual(Buffer.from(bytesOf(2_000, 9)));
  });

  test("a byte that changed during the transfer causes CONTENT_DAMAGED in a checked read", async () => {
    await using server = startGcsServer();
    const store = storeAt(server.url);
    await store.write(key, inChunks(bytesOf(500_000)), audio);
    const facts = await store.head(key);
    const changed = bytesOf(500_000);
    changed[200_000]! ^= 1;
    server.fault = ({ kind }) =>
      kind === "media" ? { answer: new Response(changed, { status: 206 }) } : undefined;
    const read = (await store.read(key))!;
    expect(read.facts).toEqual(facts!);
    await expect(Array.fromAsync(read.checked())).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
  });
});

describe("refused requests", () => {
  const all = (store: ReturnType<typeof storeAt>) => [
    () => store.write(key, inChunks(bytesOf(10)), audio),
    () => store.read(key),
    () => store.head(key),
    () => store.list({ businessId: "acme" }),
    () => store.delete(key),
    () => store.sweep(0),
  ];
  const refusals = [
    { status: 403, reason: "forbidden", code: "UNAVAILABLE", hint: "roles/storage.objectUser" },
    { status: 401, reason: "authError", code: "UNAVAILABLE", hint: "GOOGLE_APPLICATION_CREDENTIALS" },
    { status: 403, reason: "quotaExceeded", code: "STORAGE_FULL", hint: "quota" },
    { status: 503, reason: "backendError", code: "UNAVAILABLE", hint: "moment" },
  ] as const;
  for (const { status, reason, code, hint } of refusals) {
    test(`a response with ${status} ${reason} gives the error ${code} for every operation on the bucket`, async () => {
      await using server = startGcsServer();
      server.fault = () => ({ status, reason });
      const asked = all(storeAt(server.url)).map((ask) =>
        ask().then(
          () => undefined,
          (err: unknown) => err,
        ),
      );
      for (const refusal of await Promise.all(asked)) {
        expect(refusal).toMatchObject({ code, hint: expect.stringContaining(hint) });
      }
    }, 60_000);
  }

  test("the inspection does not report a full bucket as a missing permission", async () => {
    await using server = startGcsServer();
    server.fault = ({ kind }) => (kind === "list" ? undefined : { status: 403, reason: "quotaExceeded" });
    await expect(inspectGcs(server.url)).rejects.toMatchObject({ code: "STORAGE_FULL" });
    server.fault = ({ kind }) => (kind === "list" ? undefined : { status: 403, reason: "forbidden" });
    expect((await inspectGcs(server.url)).refused).toEqual(["write"]);
  });

  test("a missing bucket is never treated as a missing object", async () => {
    await using server = startGcsServer();
    const store = storeAt(server.url.replace(server.bucketName, "elsewhere"));
    for (const ask of all(store)) {
      await expect(ask()).rejects.toMatchObject({
        code: "UNAVAILABLE",
        publicMessage: "The object store's bucket does not exist.",
      });
    }
  });

  test("after the server was unreachable, the same store writes and reads", async () => {
    const server = startGcsServer();
    const store = storeAt(server.url);
    await server.stop();
    await expect(store.head(key)).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 5 });
    await using _again = startGcsServer(Number(new URL(server.origin).port));
    await store.write(key, inChunks(bytesOf(10)), audio);
    expect(await readWhole(store, key)).toEqual(bytesOf(10));
  }, 60_000);

  test("a URL that is not a bucket URL is refused when the store is created", () => {
    for (const url of [
      "gs://",
      "gs://UPPER",
      "gs://a",
      "gs://bucket/../x",
      "gs://bucket?endpont=x",
      "gs://bucket?links=yes",
      "s3://b",
    ]) {
      expect(() => storeAt(url)).toThrow("not a bucket URL");
    }
  });

  test("if STORAGE_EMULATOR_HOST is set, the store is not opened", async () => {
    const script = `
      const { createGcsObjectStore } = await import(${JSON.stringify(join(import.meta.dirname, "store.ts"))});
      try { createGcsObjectStore({ url: "gs://bucket", noteKey: new Uint8Array(32) }); }
      catch (err) { console.log(err.code, err.publicMessage); }`;
    const child = Bun.spawn([process.execPath, "-e", script], {
      env: { PATH: Bun.env.PATH, STORAGE_EMULATOR_HOST: "http://127.0.0.1:1" },
    });
    expect(await new Response(child.stdout).text()).toStartWith(
      "CONFIG_INVALID STORAGE_EMULATOR_HOST is set",
    );
  });
});

describe("signed links", () => {
  async function createSigned() {
    const server = startGcsServer();
    const signer = await createGcsSigner(server);
    return {
      server,
      store: createGcsObjectStore({ url: server.url, noteKey }),
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await signer[Symbol.asyncDispose]();
      },
    };
  }

  test("a link can only be used to read one object", async () => {
    await using signed = await createSigned();
    const { store } = signed;
    await store.write(key, inChunks(bytesOf(1_000)), audio);
    await store.write({ ...key, businessId: "other" }, inChunks(bytesOf(1_000, 2)), audio);
    const contentDisposition = "attachment; filename*=UTF-8''Caf%C3%A9.mp3";
    const link = await store.readLink(key, {
      expiresInSeconds: 60,
      contentType: "audio/mp3",
      contentDisposition,
    });
    const answer = await fetch(link, { headers: { range: "bytes=10-19" } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-disposition")).toBe(contentDisposition);
    expect(answer.headers.get("content-type")).toBe("audio/mp3");
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytesOf(1_000).slice(10, 20));
    for (const altered of [link.replace("/acme/", "/other/"), link.replace("Caf", "Cat")]) {
      expect((await fetch(altered)).status).toBe(403);
    }
    expect((await fetch(link, { method: "DELETE" })).status).toBe(403);
  });

  test("an expired link gives no access", async () => {
    await using signed = await createSigned();
    await signed.store.write(key, inChunks(bytesOf(10)), audio);
    const link = await signed.store.readLink(key, { expiresInSeconds: 1 });
    await until("the link has expired", async () => (await fetch(link)).status === 403);
  });

  test("if the key file for signing links can't be read, the error contains a hint", async () => {
    await using server = startGcsServer();
    await using _ = await createSigned();
    Bun.env.GOOGLE_APPLICATION_CREDENTIALS = "/nowhere/key.json";
    const store = createGcsObjectStore({ url: server.url, noteKey });
    await expect(store.readLink(key, { expiresInSeconds: 60 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      hint: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
    });
  });
});

test("the import of the API's dependencies does not load the Google Cloud driver", async () => {
  const script = `
    await import(${JSON.stringify(join(import.meta.dirname, "../../../deps/api-deps.ts"))});
    console.log(Object.keys(require.cache).filter((name) => name.includes("@google-cloud")).length);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  expect((await new Response(child.stdout).text()).trim()).toBe("0");
});
