// Provides a document and Solid's browser build to component tests. Only web/bunfig.toml preloads this file.
import { plugin } from "bun";
import { afterEach, mock } from "bun:test";
import { GlobalRegistrator } from "@happy-dom/global-registrator";
import { solidPlugin } from "./solid-plugin.ts";

GlobalRegistrator.register({ url: "http://localhost/" });
await plugin(solidPlugin);

// When the page's modules are loaded, they read the business from this script element of index.html.
const page = await Bun.file(`${import.meta.dir}/../index.html`).text();
document.head.innerHTML = page.match(/<script type="application\/json" id="business">.*?<\/script>/s)![0];

// Without these mocks, `bun test` would load the server build of solid-js instead of the browser build.
const load = (path: string) => import(Bun.resolveSync(path, import.meta.dir));
const core = await load("solid-js/dist/dev.js");
mock.module("solid-js", () => core);
const web = await load("solid-js/web/dist/dev.js");
const store = await load("solid-js/store/dist/dev.js");
mock.module("solid-js/web", () => web);
mock.module("solid-js/store", () => store);

afterEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});
