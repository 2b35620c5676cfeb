// Starts the page, and registers the service worker that caches the page's shell for offline starts.
import { createSignal, ErrorBoundary, Show } from "solid-js";
import { render } from "solid-js/web";
import { chosenLanguage, speakIn } from "./i18n/choose-language.ts";
import { at } from "./address/at.ts";
import { App } from "./app.tsx";
import { nextTask } from "./shell/next-task.ts";
import { Stopped } from "./shell/stopped.tsx";
import { StudioProvider } from "./studio.tsx";

const [isShown, setShown] = createSignal(false);
const start = () =>
  render(
    () => (
      <ErrorBoundary fallback={() => <Stopped />}>
        <StudioProvider>
          <Show when={isShown()}>
            <App />
          </Show>
        </StudioProvider>
      </ErrorBoundary>
    ),
    document.getElementById("app")!,
  );

// `start` creates the StudioProvider, which sends the request for the session. The page is drawn in a later task, so
// that drawing doesn't delay this request. The code uses `then` and not a top-level `await`, with which the bundler
// would split the first view into many files.
void speakIn(chosenLanguage())
  .then(start)
  .then(nextTask)
  .then(() => setShown(true));

// In development there is no service worker, because a cached page would hide changes.
if (import.meta.env.PROD && "serviceWorker" in navigator && isSecureContext)
  addEventListener("load", () => void navigator.serviceWorker.register(at("/sw.js")).catch(() => undefined));
