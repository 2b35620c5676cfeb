// Starts Firefox without a window, and controls it by WebDriver BiDi. Firefox itself answers this protocol, so no
// driver program is needed.
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { createTemporaryDirectory } from "../../../src/testing/temporary-directory.ts";
import type { OtherBrowser } from "./other-browser.ts";

const preferences = {
  "media.autoplay.default": 0,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "app.update.enabled": false,
};

interface Reply {
  readonly id?: number;
  readonly type: string;
  readonly message?: string;
  readonly result?: Record<string, unknown>;
}

export async function startFirefox(): Promise<OtherBrowser> {
  // If the start fails, everything that was started is ended and removed.
  await using started = new AsyncDisposableStack();
  const profile = started.use(await createTemporaryDirectory());
  const port = freePort();
  await Bun.write(
    `${profile.path}/user.js`,
    Object.entries(preferences)
      .map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`)
      .join(""),
  );
  const child = Bun.spawn(
    ["firefox-esr", "--headless", "--no-remote", "--profile", profile.path, "--remote-debugging-port"].concat(
      [String(port), "about:blank"],
    ),
    {
      stdout: "ignore",
      stderr: "ignore",
      env: { ...Bun.env, HOME: profile.path, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
    },
  );
  started.defer(async () => {
    child.kill();
    await child.exited;
  });
  const socket = await connect(`ws://127.0.0.1:${port}/session`);
  started.defer(() => socket.close());
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.onmessage = ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  };
  const ended: Reply = { type: "error", message: "Firefox has closed the connection" };
  socket.onclose = () => {
    for (const settle of waiting.values()) settle(ended);
  };
  let lastId = 0;
  async function send(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    waiting.set(id, resolve);
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id, method, params }));
    else resolve(ended);
    const reply = await promise;
    waiting.delete(id);
    if (reply.type === "error") throw new Error(`${method}: ${reply.message}`);
    return reply.result ?? {};
  }

  const session = await send("session.new", { capabilities: {} });
  const { browserName, browserVersion } = session.capabilities as {
    browserName: string;
    browserVersion: string;
  };
  /** Opens a tab that has its own cookies and its own storage. */
  async function openTab() {
    const { userContext } = await send("browser.createUserContext", {});
    const { context } = await send("browsingContext.create", { type: "tab", userContext });
    await send("browsingContext.activate", { context });
    return { userContext, context };
  }
  async function find(expression: string): Promise<{ sharedId: string }> {
    const { result } = (await send("script.evaluate", {
      expression: `(async () => { const found = await (${expression}); found?.scrollIntoView({ block: "center" }); return found; })()`,
      ...{ target: { context: tab.context }, awaitPromise: true },
    })) as { result?: { sharedId?: string } };
    if (!result?.sharedId) throw new Error(`There is no element: ${expression}`);
    return { sharedId: result.sharedId };
  }
  let tab = await openTab();
  async function evaluate<T>(expression: string): Promise<T> {
    const { result } = (await send("script.evaluate", {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      ...{ target: { context: tab.context }, awaitPromise: true },
    })) as { result: { value?: string } };
    if (result?.value === undefined) throw new Error(`The expression failed: ${expression}`);
    return JSON.parse(result.value) as T;
  }
  const running = started.move();
  return {
    name: `${browserName} ${browserVersion}`,
    open: async (url) =>
      void (await send("browsingContext.navigate", { context: tab.context, url, wait: "complete" })),
    evaluate,
    async type(keys) {
      const actions = [...keys].flatMap((value) => [
        { type: "keyDown", value },
        { type: "keyUp", value },
      ]);
      await send("input.performActions", {
        context: tab.context,
        actions: [{ type: "key", id: "keys", actions }],
      });
    },
    async click(expression) {
      const origin = { type: "element", element: await find(expression) };
      const actions = [
        { type: "pointerMove", x: 0, y: 0, origin },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ];
      await send("input.performActions", {
        context: tab.context,
        actions: [{ type: "pointer", id: "mouse", actions }],
      });
    },
    loudness: () => evaluate<number>(decodedLoudness),
    async begin() {
      const { userContext } = tab;
      tab = await openTab();
      await send("browser.removeUserContext", { userContext });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/**
 * A script that returns the largest absolute sample of the current piece, from 0 (silence) to 1 (full scale). The sound
 * can't be measured while it plays, because Firefox starts no AudioContext without a sound device. So the script
 * requests the first 200,000 bytes of the piece and lets Firefox decode them.
 */
const decodedLoudness = `(async () => {
  const src = document.querySelector("audio").src;
  const asked = performance.getEntriesByType("resource").filter(({ name }) => /\\/audio(\\?|$)/.test(name));
  const url = src.startsWith("http") ? src : asked.at(-1).name;
  const bytes = await (await fetch(url, { headers: { range: "bytes=0-199999" } })).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 44100, 44100).decodeAudioData(bytes);
  return sound.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
})()`;

/** Tries for about a minute to connect, because Firefox accepts connections only some seconds after its start. */
async function connect(url: string): Promise<WebSocket> {
  for (let left = 600; ; left--) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
    if (await promise) return socket;
    if (left === 0) throw new Error("Firefox does not listen.");
    await Bun.sleep(100);
  }
}
