// Holds the piece for which an album is being chosen. The dialog is open while there is such a piece.
import { createSignal } from "solid-js";

const [picked, setPicked] = createSignal<string>();

export const pickedForAlbum = picked;
export const pickAlbum = (trackId: string | undefined): string | undefined => setPicked(trackId);
