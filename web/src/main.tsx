// Starts the page, and the worker that keeps its shell for offline starts.
import { render } from "solid-js/web";
import { App } from "./app.tsx";

render(() => <App />, document.getElementById("app")!);

if ("serviceWorker" in navigator && isSecureContext)
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
