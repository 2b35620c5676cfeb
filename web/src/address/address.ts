// The path of the page's address decides which view is shown. The back button of the browser shows
// the previous view.
import { createMemo, createSignal } from "solid-js";
import { at } from "./at.ts";

export type View = { readonly name: string } | { readonly name: "piece" | "album"; readonly id: string };

const [path, setPath] = createSignal(location.pathname);
addEventListener("popstate", () => setPath(location.pathname));

/** `pathname` is the path without the base of the business (see `at`). */
export function viewOf(pathname: string): View {
  const [, kind, id, ...rest] = pathname.split("/");
  if (!rest.length && id && kind === "p") return { name: "piece", id };
  if (!rest.length && id && kind === "a") return { name: "album", id };
  if (id !== undefined) return { name: "missing" };
  if (!kind) return { name: "pieces" };
  return { name: /^(albums|trash|me|reset-password|verify-email|sign-in)$/.test(kind) ? kind : "missing" };
}

export const useView = () => createMemo(() => viewOf(path().slice(at("").length)));

export const pieceAddress = (trackId: string): string => at(`/p/${trackId}`);
export const albumAddress = (projectId: string): string => at(`/a/${projectId}`);

/** Shows the view of `to`, a path with the base of the business. Does nothing if the page is at this path already. */
export function go(to: string): void {
  if (to === path()) return;
  history.pushState(null, "", to);
  setPath(to);
  scrollTo(0, 0);
}

/**
 * The click handler of a link to another view. A click without a modifier key changes the view
 * without loading the page, so that the music continues. Only the path of the link is used.
 */
export function follow(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(event.currentTarget.pathname);
}
