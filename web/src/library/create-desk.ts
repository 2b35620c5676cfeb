// The piece that lies open in the list with its versions, and which of them is about to be changed.
import { createSignal } from "solid-js";

export function createDesk() {
  const [trackId, setTrackId] = createSignal<string>();
  const [parentId, setParentId] = createSignal<string>();
  const [asked, setAsked] = createSignal(0);
  const lay = (track: string | undefined, parent?: string) => {
    setAsked(0);
    setParentId(parent);
    setTrackId(track);
  };
  return {
    trackId,
    /** The version that a person chose to change; undefined leaves it to what plays. */
    parentId,
    /** Counts up when the line for an instruction shall be written in. */
    asked,
    toggle: (track: string) => lay(trackId() === track ? undefined : track),
    change(track: string, parent?: string) {
      const before = asked();
      lay(track, parent);
      setAsked(before + 1);
    },
  };
}
