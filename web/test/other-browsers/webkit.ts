// Starts MiniBrowser, WebKitGTK's test browser, on a virtual display (Xvfb), and controls it through WebDriver.
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { createTemporaryDirectory } from "../../../src/testing/temporary-directory.ts";
import type { OtherBrowser } from "./other-browser.ts";

export async function startWebKit(): Promise<OtherBrowser> {
  // If the start fails, everything that was started is ended and removed.
  await using started = new AsyncDisposableStack();
  const home = started.use(await createTemporaryDirectory());
  const port = freePort();
  const screen = `:${200 + (port % 700)}`;
  const environment = {
    ...{ ...Bun.env, HOME: home.path, XDG_RUNTIME_DIR: home.path, DISPLAY: screen },
    // A container lacks the namespaces that WebKit's sandbox needs, and has no graphics card.
    ...{ WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", LIBGL_ALWAYS_SOFTWARE: "1" },
    WEBKIT_DISABLE_COMPOSITING_MODE: "1",
  };
  const quiet = { stdout: "ignore", stderr: "ignore", env: environment } as const;
  function start(command: string[]): void {
    const child = Bun.spawn(command, quiet);
    started.defer(async () => {
      child.kill();
      await child.exited;
    });
  }
  start(["Xvfb", screen, "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
  start(["WebKitWebDriver", `--port=${port}`]);
  const at = `http://127.0.0.1:${port}`;

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const res = await fetch(at + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await res.json()) as { value: T & { error?: string; message?: string } };
    if (!res.ok) throw new Error(`${path}: ${value?.error} ${value?.message}`);
    return value;
  }
  await whenReady(() => ask("GET", "/status"));
  const alwaysMatch = {
    "webkitgtk:browserOptions": { binary: minibrowser(), args: ["--automation"] },
  };
  const openSession = () =>
    ask<{ sessionId: string; capabilities: { browserName: string; browserVersion: string } }>(
      "POST",
      "/session",
      { capabilities: { alwaysMatch } },
    );
  const { sessionId, capabilities } = await openSession();
  let session = `/session/${sessionId}`;
  const running = started.move();
  async function evaluate<T>(expression: string): Promise<T> {
    const script = `const done = arguments[0]; (async () => JSON.stringify((await (${expression})) ?? null))().then(done, (err) => done(undefined));`;
    const value = await ask<string | null>("POST", `${session}/execute/async`, { script, args: [] });
    if (value === null) throw new Error(`The expression failed: ${expression}`);
    return JSON.parse(value) as T;
  }
  return {
    name: `${capabilities.browserName} ${capabilities.browserVersion}`,
    open: (url) => ask("POST", `${session}/url`, { url }),
    evaluate,
    loudness: () => evaluate<number>(heardLoudness),
    async type(keys) {
      const element = await ask<Record<string, string>>("GET", `${session}/element/active`);
      await ask("POST", `${session}/element/${Object.values(element)[0]}/value`, { text: keys });
    },
    async click(expression) {
      const script = `const done = arguments[0]; (async () => { const found = await (${expression}); found?.scrollIntoView({ block: "center" }); return found; })().then(done, () => done(null));`;
      const element = await ask<Record<string, string> | null>("POST", `${session}/execute/async`, {
        ...{ script, args: [] },
      });
      if (element === null) throw new Error(`There is no element: ${expression}`);
      await ask("POST", `${session}/element/${Object.values(element)[0]}/click`, {});
    },
    async begin() {
      await ask("DELETE", session);
      session = `/session/${(await openSession()).sessionId}`;
    },
    async [Symbol.asyncDispose]() {
      await ask("DELETE", session).catch(() => undefined);
      await running.disposeAsync();
    },
  };
}

/**
 * JavaScript that measures the loudness of the audio element's output for at most five seconds. It stops as soon as the
 * loudness exceeds 0.01 of full scale, and returns the highest loudness that it found.
 */
const heardLoudness = `(async () => {
  const audio = document.querySelector("audio");
  if (!audio.analyser) {
    const context = new AudioContext();
    audio.analyser = context.createAnalyser();
    context.createMediaElementSource(audio).connect(audio.analyser);
    audio.analyser.connect(context.destination);
    await context.resume();
  }
  const samples = new Float32Array(audio.analyser.fftSize);
  let loudest = 0;
  for (let i = 0; i < 200 && loudest <= 0.01; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    audio.analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  }
  return loudest;
})()`;

const minibrowser = (): string =>
  [...new Bun.Glob("usr/lib/*/webkit2gtk-4.1/MiniBrowser").scanSync({ cwd: "/" })].map(
    (path) => `/${path}`,
  )[0] ?? "MiniBrowser";

async function whenReady(ask: () => Promise<unknown>): Promise<void> {
  for (let left = 100; ; left--) {
    const isReady = await ask().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    if (left === 0) throw new Error("WebKitWebDriver does not listen.");
    await Bun.sleep(100);
  }
}
