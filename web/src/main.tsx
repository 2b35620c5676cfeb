// Starts the page, and the service worker that caches its shell for offline starts.
import { ErrorBoundary } from "solid-js";
import { render } from "solid-js/web";
import { chosenLanguage, speakIn } from "./i18n/choose-language.ts";
import { at } from "./address/at.ts";
import { App } from "./app.tsx";
import { Stopped } from "./shell/stopped.tsx";
import { StudioProvider } from "./studio.tsx";

const start = () =>
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

// An await at the top level would make the bundler split the first view into many files.
void speakIn(chosenLanguage()).then(start);

// In development there is no service worker, because a cached page would hide changes.
if (import.meta.env.PROD && "serviceWorker" in navigator && isSecureContext)
  addEventListener("load", () => void navigator.serviceWorker.register(at("/sw.js")).catch(() => undefined));
