// Starts a test server in place of Lyria RealTime. The server follows the public message format of
// Lyria RealTime. After PLAY, the server sends two seconds of sound, waits one millisecond, and so on.
import type { ServerWebSocket } from "bun";

const lyriaFaults = [
  "none",
  "binary messages",
  "splits a sample between two messages",
  "slow setup",
  "never sets up",
  "closes before setup twice",
  "always closes before setup",
  "key refused",
  "prompt refused",
  "a later prompt is filtered",
  "the session ends after 4 seconds",
  "each session ends after 3 seconds",
  "ends and is gone",
  "sessions without sound",
  "stalls",
  "ignores pause",
  "garbage",
  "another format than it says",
  "silence",
] as const;

export type LyriaFault = (typeof lyriaFaults)[number];

export interface LyriaStandIn extends AsyncDisposable {
  readonly url: string;
  /** The messages that the server has received in all sessions, in order. */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  /** The number of sessions since the start, including the refused sessions. */
  readonly sessions: number;
  /** The number of sessions that are open now. */
  readonly open: number;
  /** The total seconds of sound that were sent in all sessions. */
  readonly sentSeconds: number;
}

interface Session {
  readonly number: number;
  isPlaying: boolean;
  sentSeconds: number;
}

type Socket = ServerWebSocket<Session>;

const sampleRate = 48_000;

/**
 * Makes a tone. The tone has a whole number of periods in two seconds, so that copies of the tone
 * join without a click.
 */
function toneOf(hertz: number, seconds = 2): Buffer {
  const bytes = Buffer.alloc(seconds * sampleRate * 4);
  for (let at = 0; at < seconds * sampleRate; at++) {
    const value = Math.round(9_000 * Math.sin((2 * Math.PI * hertz * at) / sampleRate));
    bytes.writeInt16LE(value, at * 4);
    bytes.writeInt16LE(value, at * 4 + 2);
  }
  return bytes;
}

/** Each session has one of these tones, and consecutive sessions have different tones. */
const tones = [440, 550, 660, 880].map((hertz) => toneOf(hertz));
const silence = Buffer.alloc(2 * sampleRate * 4);

export function startLyria(fault: LyriaFault = "none", key = "lyria-s3cret"): LyriaStandIn {
  const messages: Readonly<Record<string, unknown>>[] = [];
  let [sessions, open, sentSeconds] = [0, 0, 0];
  const soundOf = ({ number }: Session): Buffer =>
    fault === "silence" ? silence : (tones[(number - 1) % tones.length] ?? silence);
  const send = (socket: Socket, message: unknown): void => {
    const text = JSON.stringify(message);
    socket.send(fault === "binary messages" ? Buffer.from(text) : text);
  };
  const sendSound = (socket: Socket, sound: Buffer): void => {
    const pieces =
      fault === "splits a sample between two messages"
        ? [sound.subarray(0, 4_001), sound.subarray(4_001)]
        : [sound];
    const mimeType = `audio/pcm;rate=${fault === "another format than it says" ? 24_000 : sampleRate}`;
    for (const piece of pieces)
      send(socket, { serverContent: { audioChunks: [{ data: piece.toString("base64"), mimeType }] } });
    socket.data.sentSeconds += 2;
    sentSeconds += 2;
  };
  const lastSecondOf = ({ number }: Session): number => {
    if (fault === "each session ends after 3 seconds") return 4;
    if (fault === "sessions without sound") return 0;
    if (fault === "stalls") return 4;
    const isFirst = number === 1;
    return isFirst && (fault === "the session ends after 4 seconds" || fault === "ends and is gone")
      ? 4
      : Infinity;
  };
  const play = async (socket: Socket): Promise<void> => {
    const session = socket.data;
    if (session.isPlaying) return;
    session.isPlaying = true;
    while (session.isPlaying && socket.readyState === WebSocket.OPEN) {
      if (session.sentSeconds >= lastSecondOf(session)) {
        if (fault !== "stalls") socket.terminate();
        return;
      }
      sendSound(socket, soundOf(session));
      await Bun.sleep(1);
    }
  };
  const setUp = async (socket: Socket): Promise<void> => {
    const { number } = socket.data;
    if (fault === "never sets up") return;
    if (fault === "slow setup") await Bun.sleep(300);
    const isRefused =
      fault === "always closes before setup" ||
      (fault === "closes before setup twice" && number <= 2) ||
      (fault === "ends and is gone" && number > 1);
    if (isRefused) return socket.close(1011, "try again");
    if (fault === "garbage") return void socket.send("<html>");
    send(socket, { setupComplete: {} });
  };
  const receive = (socket: Socket, message: Readonly<Record<string, unknown>>): void => {
    messages.push(message);
    const { setup, clientContent, playbackControl } = message;
    if (setup !== undefined) void setUp(socket);
    if (clientContent !== undefined && fault === "prompt refused")
      send(socket, { filteredPrompt: { text: "calm piano", filteredReason: "It names an artist" } });
    if (playbackControl === "PLAY" && fault !== "prompt refused") void play(socket);
    if (playbackControl === "PAUSE" && fault !== "ignores pause") socket.data.isPlaying = false;
    if (playbackControl === "STOP") socket.data.isPlaying = false;
    if (playbackControl === "PLAY" && fault === "a later prompt is filtered")
      setTimeout(() => send(socket, { filteredPrompt: { text: "x", filteredReason: "too late" } }), 20);
  };
  const server = Bun.serve<Session>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (req, self) => {
      const url = new URL(req.url);
      if (!url.pathname.endsWith("BidiGenerateMusic")) return new Response("", { status: 404 });
      const data = { number: ++sessions, isPlaying: false, sentSeconds: 0, key: url.searchParams.get("key") };
      return self.upgrade(req, { data }) ? undefined : new Response("", { status: 400 });
    },
    websocket: {
      open(socket) {
        open++;
        const { key: given } = socket.data as Session & { readonly key?: string };
        if (fault === "key refused" || given !== key) socket.close(1007, `API key not valid: ${given}`);
      },
      message(socket, text) {
        receive(socket, JSON.parse(String(text)) as Readonly<Record<string, unknown>>);
      },
      close() {
        open--;
      },
    },
  });
  return {
    url: `ws://127.0.0.1:${server.port}`,
    messages,
    get sessions() {
      return sessions;
    },
    get open() {
      return open;
    },
    get sentSeconds() {
      return sentSeconds;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
