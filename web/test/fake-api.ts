// Starts a stand-in for the part of the API that the page needs, with real MP3 bytes made by
// ffmpeg. Use the stand-in to work on the page without a running Rondo, and to test faults that the
// real API can't produce on demand. A piece whose prompt contains "fail" fails after four seconds
// of sound, and a prompt that contains "refuse" is refused with 400. `bun web/test/fake-api.ts`
// serves the stand-in and the built page on the port PORT (default: 3210).
import { join } from "node:path";

interface Piece {
  requestId: string;
  trackId: string;
  versionId: string;
  title: string;
  prompt: string;
  createdAt: string;
  plannedMs: number;
  bytes: Uint8Array<ArrayBuffer>;
  available: number;
  state: "queued" | "running" | "complete" | "failed" | "cancelled";
  reason: string | null;
  events: object[];
  wake: Set<() => void>;
}

export interface FakeOptions {
  port?: number;
  /** The time in milliseconds between two chunks. Each chunk contains one second of sound. */
  paceMs?: number;
}

const BYTES_PER_SECOND = 16_000;
const sections = ["intro", "refrain", "verse", "refrain", "bridge", "refrain", "outro"];

const made = new Map<number, Uint8Array<ArrayBuffer>>();

/** All pieces of the same length have the same audio. */
function mp3Of(seconds: number): Uint8Array<ArrayBuffer> {
  const bytes = made.get(seconds) ?? makeMp3(seconds);
  made.set(seconds, bytes);
  return bytes;
}

/**
 * Makes ten seconds of sound and repeats them, because ffmpeg is slow at making this wave.
 * `seconds` has to be a multiple of ten.
 */
function makeMp3(seconds: number): Uint8Array<ArrayBuffer> {
  const wave = "0.3*sin(440*2*PI*t)*(0.55+0.45*sin(2*PI*t/3.1))*(0.6+0.4*sin(2*PI*t*2))+0.12*sin(220*2*PI*t)";
  const { stdout } = Bun.spawnSync(
    ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", `aevalsrc=${wave}:s=44100:c=stereo:d=10`].concat([
      ...["-b:a", "128k", "-id3v2_version", "0", "-write_xing", "0"],
      ...["-f", "mp3", "-"],
    ]),
  );
  return new Uint8Array(Buffer.concat(Array.from({ length: seconds / 10 }, () => stdout)));
}

export function serveFakeApi(options: FakeOptions = {}) {
  const pace = options.paceMs ?? 120;
  const pieces: Piece[] = [];
  let broken = { count: 0, part: "" };
  let email: string | null = null;
  let isSignedOut = false;
  const dist = join(import.meta.dir, "../dist");

  const emit = (piece: Piece, event: object) => {
    piece.events.push({ ...event, at: new Date().toISOString() });
    for (const wake of [...piece.wake]) wake();
  };
  const change = (piece: Piece) =>
    new Promise<void>((resolve) => {
      const done = () => {
        piece.wake.delete(done);
        resolve();
      };
      piece.wake.add(done);
    });
  const isOver = (piece: Piece) => piece.state !== "queued" && piece.state !== "running";

  async function run(piece: Piece) {
    await Bun.sleep(60);
    piece.state = "running";
    emit(piece, {
      type: "started",
      title: piece.title,
      plannedMs: piece.plannedMs,
      plannedBytes: piece.bytes.length,
    });
    const total = piece.plannedMs / 1000;
    for (let second = 0; second < total; second++) {
      await Bun.sleep(pace);
      if (piece.state !== "running") return;
      if (piece.prompt.includes("fail") && second === 4) {
        piece.state = "failed";
        piece.reason = "The generator stopped answering.";
        return emit(piece, { type: "failed", code: "GENERATION_FAILED", reason: piece.reason });
      }
      piece.available = second + 1 >= total ? piece.bytes.length : (second + 1) * BYTES_PER_SECOND;
      const pairs = new Uint8Array(100);
      for (let i = 0; i < 50; i++) {
        const t = second + i / 50;
        const level =
          118 *
          (0.35 +
            0.3 * Math.sin(t / 3.1) ** 2 +
            0.3 * Math.abs(Math.sin(t * 5.1)) * Math.abs(Math.sin(t / 7)));
        pairs[i * 2] = 256 - level;
        pairs[i * 2 + 1] = level;
      }
      const section = sections[Math.floor((second / total) * sections.length)];
      const peaks = Buffer.from(pairs).toString("base64");
      emit(piece, {
        type: "progress",
        startMs: second * 1000,
        generatedMs: (second + 1) * 1000,
        section,
        bar: Math.floor(second / 2) + 1,
        peaks,
      });
    }
    piece.state = "complete";
    emit(piece, { type: "complete" });
  }

  async function audio(req: Request, piece: Piece): Promise<Response> {
    const [, first, last] = /bytes=(\d+)-(\d*)/.exec(req.headers.get("range") ?? "bytes=0-") ?? [];
    const from = Number(first ?? 0);
    while (piece.available <= from && !isOver(piece)) await change(piece);
    const total = isOver(piece) ? piece.available : piece.bytes.length;
    if (from >= piece.available)
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${total}` } });
    const to = Math.min(piece.available, last ? Number(last) + 1 : Infinity);
    const body = piece.bytes.slice(from, to);
    const range = `bytes ${from}-${to - 1}/${total}`;
    return new Response(body, {
      status: 206,
      headers: { "content-type": "audio/mpeg", "content-range": range, "accept-ranges": "bytes" },
    });
  }

  function events(url: URL, piece: Piece): Response {
    let at = Number(url.searchParams.get("offset") ?? -1);
    if (at < 0) at = 0;
    if (url.searchParams.get("live") !== "sse")
      return Response.json(piece.events.slice(at), {
        headers: { "stream-next-offset": String(piece.events.length), "stream-up-to-date": "true" },
      });
    let open = true;
    const text = new ReadableStream<string>({
      async start(out) {
        while (open) {
          const fresh = piece.events.slice(at);
          at = piece.events.length;
          if (fresh.length) out.enqueue(`event: data\ndata: ${JSON.stringify(fresh)}\n\n`);
          const closed = isOver(piece);
          out.enqueue(
            `event: control\ndata: ${JSON.stringify({ streamNextOffset: String(at), streamClosed: closed || undefined })}\n\n`,
          );
          if (closed) return out.close();
          await change(piece);
        }
      },
      cancel() {
        open = false;
      },
    });
    return new Response(text as unknown as ReadableStream, {
      headers: { "content-type": "text/event-stream" },
    });
  }

  const status = (piece: Piece) => ({
    ...piece,
    bytes: undefined,
    events: undefined,
    wake: undefined,
    generatedMs: piece.available / 16,
  });
  const problem = (code: number, detail: string, hint: string) =>
    Response.json(
      { type: "about:blank", title: detail, status: code, detail, code: "FAKE", hint },
      { status: code },
    );
  const track = (piece: Piece) => ({
    id: piece.trackId,
    title: piece.title,
    createdAt: piece.createdAt,
    versions: [
      {
        id: piece.versionId,
        number: 1,
        prompt: piece.prompt,
        durationMs: piece.plannedMs,
        peaks: null,
        createdAt: piece.createdAt,
        state: piece.state,
        requestId: piece.requestId,
      },
    ],
  });

  async function asset(path: string): Promise<Response> {
    const file = Bun.file(join(dist, path === "/" ? "index.html" : path));
    return (await file.exists()) ? new Response(file) : new Response(Bun.file(join(dist, "index.html")));
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: options.port ?? 0,
    idleTimeout: 120,
    async fetch(req) {
      const url = new URL(req.url);
      const [, v1, kind, id, what] = url.pathname.split("/");
      if (v1 !== "v1") return asset(url.pathname);
      if (broken.count > 0 && url.pathname.includes(broken.part)) {
        broken.count--;
        return problem(503, "Rondo is busy.", "Try again in a moment.");
      }
      const key = `${req.method} ${kind}`;
      if (url.pathname === "/v1/accounts/session") {
        const isKnown = isSignedOut ? false : req.headers.get("cookie")?.includes("session=guest") === true;
        return Response.json({ account: isKnown ? { business: "demo", email } : null });
      }
      if (url.pathname === "/v1/generators") return Response.json({ items: [{ name: "builtin" }] });
      if (isSignedOut) return problem(401, "This needs a credential.", "Send a session.");
      if (url.pathname === "/v1/accounts/guest")
        return Response.json(
          { userId: "u", token: "t", sessionExpiresAt: new Date(Date.now() + 864e5).toISOString() },
          { status: 201, headers: { "set-cookie": "session=guest; Path=/; HttpOnly" } },
        );
      if (key === "POST generations") {
        const { prompt, durationSeconds = 60 } = (await req.json()) as {
          prompt: string;
          durationSeconds?: number;
        };
        if (prompt.includes("refuse"))
          return problem(400, "The prompt can't be used.", "Describe the music in plain words.");
        const piece: Piece = {
          requestId: crypto.randomUUID(),
          trackId: crypto.randomUUID(),
          versionId: crypto.randomUUID(),
          title: prompt.split(/\s+/).slice(0, 5).join(" "),
          prompt,
          createdAt: new Date().toISOString(),
          plannedMs: durationSeconds * 1000,
          bytes: mp3Of(durationSeconds),
          available: 0,
          state: "queued",
          reason: null,
          events: [{ type: "queued" }],
          wake: new Set(),
        };
        pieces.unshift(piece);
        void run(piece);
        return Response.json(status(piece));
      }
      if (url.pathname === "/v1/queries/tracks.list") {
        const search = url.searchParams.get("search")?.toLowerCase() ?? "";
        const after = Number(url.searchParams.get("after") ?? 0);
        const limit = Number(url.searchParams.get("limit"));
        const found = pieces.filter((piece) => piece.title.toLowerCase().includes(search));
        const next = after + limit < found.length ? String(after + limit) : null;
        return Response.json({ items: found.slice(after, after + limit).map(track), next });
      }
      if (url.pathname === "/v1/queries/tracks.get") {
        const piece = pieces.find((one) => one.trackId === url.searchParams.get("trackId"));
        return Response.json({ item: piece ? track(piece) : null });
      }
      if (url.pathname === "/v1/queries/tracks.rename") {
        const body = (await req.json()) as { trackId: string; title: string };
        const piece = pieces.find((one) => one.trackId === body.trackId);
        if (piece) piece.title = body.title;
        return Response.json({ item: piece ? track(piece) : null });
      }
      const piece = pieces.find((one) => one.requestId === id || one.versionId === id);
      if (!piece) return problem(404, "There is no such thing.", "Check the id.");
      if (what === "audio") return audio(req, piece);
      if (what === "events") return events(url, piece);
      if (req.method === "DELETE" && !isOver(piece)) {
        piece.state = "cancelled";
        emit(piece, { type: "cancelled" });
      }
      return Response.json(status(piece));
    },
  });
  return {
    url: String(server.url).slice(0, -1),
    /**
     * The next `count` API calls whose path contains `part` get 503. A further call of `breakFor`
     * replaces the values of the previous call.
     */
    breakFor: (count: number, part: string) => {
      broken = { count, part };
    },
    /**
     * Sets the e-mail address of the session, and undoes `signOut`. Null: the session belongs to a
     * guest.
     */
    signIn: (as: string | null) => {
      email = as;
      isSignedOut = false;
    },
    /**
     * Ends the session although the person has not signed out. Until the next `signIn`, API calls
     * get 401, except those for the session and for the list of generators.
     */
    signOut: () => {
      isSignedOut = true;
    },
    /**
     * Adds complete pieces that are a day old, the newest first. A second call adds pieces with the same ids again.
     */
    fill(count: number) {
      const bytes = mp3Of(30);
      const from = Date.now() - 86_400_000;
      for (let i = 0; i < count; i++)
        pieces.push({
          ...{ requestId: `r${i}`, trackId: `t${i}`, versionId: `v${i}`, title: `Piece ${i}`, bytes },
          ...{ prompt: `prompt ${i}`, createdAt: new Date(from - i * 1000).toISOString(), plannedMs: 30_000 },
          ...{ available: bytes.length, state: "complete", reason: null, events: [], wake: new Set() },
        });
    },
    stop: () => server.stop(true),
  };
}

if (import.meta.main) console.log(serveFakeApi({ port: Number(process.env.PORT ?? 3210) }).url);
