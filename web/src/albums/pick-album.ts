// Holds the ids of the pieces for which an album is being chosen. The dialog with the albums is open until
// the value is undefined.
import { createSignal } from "solid-js";

const [picked, setPicked] = createSignal<readonly string[]>();

export const pickedForAlbum = picked;
export const pickAlbum = (trackIds: readonly string[] | undefined): readonly string[] | undefined =>
  setPicked(trackIds);
