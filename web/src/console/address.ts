// Gives each view of the console an address, which is the part of the page's address after #. So the
// browser's back button returns to the previous view without loading the page again.
import { createSignal } from "solid-js";
import { decodedPart } from "../address/decoded-part.ts";

const read = () =>
  location.hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decodedPart);

const [parts, setParts] = createSignal<readonly string[]>(read());
addEventListener("hashchange", () => setParts(read()));

/** The parts of the address, such as ["businesses", "acme", "keys"]. */
export { parts };

export const hrefOf = (...names: readonly string[]): string => `#/${names.map(encodeURIComponent).join("/")}`;

export function go(...names: readonly string[]): void {
  location.hash = hrefOf(...names);
}
