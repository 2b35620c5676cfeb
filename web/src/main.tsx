// Starts the page, and the worker that keeps its shell for offline starts.
import { render } from "solid-js/web";
import { App } from "./app.tsx";

render(() => <App />, document.getElementById("app")!);

// A cached page would hide changes in development.
if (import.meta.env.PROD && "serviceWorker" in navigator && isSecureContext)
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
