// Holds the ids of the pieces for which an album is being chosen. If the value is undefined, the dialog with
// the albums is closed.
import { createSignal } from "solid-js";

const [picked, setPicked] = createSignal<readonly string[]>();

export const pickedForAlbum = picked;
export const pickAlbum = (trackIds: readonly string[] | undefined): readonly string[] | undefined =>
  setPicked(trackIds);
