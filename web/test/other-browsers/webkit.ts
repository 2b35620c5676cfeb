// Starts WebKitGTK's small browser on a screen in memory, and drives it by WebDriver.
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { createTemporaryDirectory } from "../../../src/testing/temporary-directory.ts";
import type { OtherBrowser } from "./other-browser.ts";

export async function startWebKit(): Promise<OtherBrowser> {
  const home = await createTemporaryDirectory();
  const port = freePort();
  const screen = `:${200 + (port % 700)}`;
  const environment = {
    ...{ ...Bun.env, HOME: home.path, XDG_RUNTIME_DIR: home.path, DISPLAY: screen },
    // A container has neither the namespaces of WebKit's sandbox nor a graphics card.
    ...{ WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", LIBGL_ALWAYS_SOFTWARE: "1" },
    WEBKIT_DISABLE_COMPOSITING_MODE: "1",
  };
  const quiet = { stdout: "ignore", stderr: "ignore", env: environment } as const;
  const display = Bun.spawn(["Xvfb", screen, "-screen", "0", "1280x800x24", "-nolisten", "tcp"], quiet);
  const driver = Bun.spawn(["WebKitWebDriver", `--port=${port}`], quiet);
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
  const { sessionId, capabilities } = await ask<{
    sessionId: string;
    capabilities: { browserName: string; browserVersion: string };
  }>("POST", "/session", { capabilities: { alwaysMatch } });
  const session = `/session/${sessionId}`;
  return {
    name: `${capabilities.browserName} ${capabilities.browserVersion}`,
    open: (url) => ask("POST", `${session}/url`, { url }),
    async evaluate<T>(expression: string) {
      const script = `const done = arguments[0]; (async () => JSON.stringify((await (${expression})) ?? null))().then(done, (err) => done(undefined));`;
      const value = await ask<string | null>("POST", `${session}/execute/async`, { script, args: [] });
      if (value === null) throw new Error(`The expression failed: ${expression}`);
      return JSON.parse(value) as T;
    },
    async type(keys) {
      const element = await ask<Record<string, string>>("GET", `${session}/element/active`);
      await ask("POST", `${session}/element/${Object.values(element)[0]}/value`, { text: keys });
    },
    async [Symbol.asyncDispose]() {
      await ask("DELETE", session).catch(() => undefined);
      for (const child of [driver, display]) {
        child.kill();
        await child.exited;
      }
      await home[Symbol.asyncDispose]();
    },
  };
}

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
