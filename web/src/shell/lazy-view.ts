// Loads a part of the page when it is first shown, or before that, while the page is idle.
import { type Component, createComponent, lazy } from "solid-js";
import { t } from "../i18n/translate.ts";
import { notice } from "./notices.ts";

/**
 * The parts that are not shown yet are loaded this long after the page, so that they don't delay the first view and the
 * first sound.
 */
const LATER_MS = 4000;
/** If the page does not become idle within this time, the next part is loaded nevertheless. In milliseconds. */
const IDLE_MS_MAX = 500;
const views: (() => Promise<unknown>)[] = [];

/**
 * Like lazy() of Solid, except when the part can't be loaded. Then the page shows a notice, and leaves the part out
 * until it is shown the next time. At that time, the part is requested again.
 */
export function lazyView<Props extends object>(
  load: () => Promise<{ default: Component<Props> }>,
): Component<Props> & { preload(): Promise<unknown> } {
  const begin = () =>
    lazy(() =>
      load().catch(() => {
        view = begin();
        notice(t("This part of the page could not be loaded."), t("Check your connection, then try again."));
        return { default: (() => undefined) as Component<Props> };
      }),
    );
  let view = begin();
  const preload = () => view.preload();
  // A failure of this early load is ignored. An error is shown only if a person opens the part.
  views.push(() => load().catch(() => undefined));
  return Object.assign((props: Props) => createComponent(view, props), { preload });
}

/**
 * Resolves when the browser has nothing else to do, at the latest after `IDLE_MS_MAX`. Safari doesn't report idle time,
 * so there the promise always resolves after `IDLE_MS_MAX`.
 */
const idle = (): Promise<void> =>
  new Promise((resolve) =>
    typeof requestIdleCallback === "function"
      ? requestIdleCallback(() => resolve(), { timeout: IDLE_MS_MAX })
      : setTimeout(resolve, IDLE_MS_MAX),
  );

/** Loads the parts one after the other in idle time, so that a press on the page waits for one part at most. */
async function loadViews(): Promise<void> {
  for (const load of views) {
    await idle();
    await load();
  }
}

/**
 * Loads all parts some seconds after the page, so that they can also be shown without a network. With the data saver
 * on, nothing is loaded.
 */
export function loadViewsLater(): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (!connection?.saveData) setTimeout(() => void loadViews(), LATER_MS);
}
