// Starts the page, and the service worker that caches its shell for offline starts.
import { ErrorBoundary } from "solid-js";
import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { Stopped } from "./shell/stopped.tsx";
import { StudioProvider } from "./studio.tsx";

render(
  () => (
    <ErrorBoundary fallback={() => <Stopped />}>
      <StudioProvider>
        <App />
      </StudioProvider>
    </ErrorBoundary>
  ),
  document.getElementById("app")!,
);

// A cached page would hide changes in development.
if (import.meta.env.PROD && "serviceWorker" in navigator && isSecureContext)
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
