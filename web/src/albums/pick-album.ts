// Holds the pieces for which an album is being chosen. The dialog for the choice is open while there are such pieces.
import { createSignal } from "solid-js";

const [picked, setPicked] = createSignal<readonly string[]>();

export const pickedForAlbum = picked;
export const pickAlbum = (trackIds: readonly string[] | undefined): readonly string[] | undefined =>
  setPicked(trackIds);
