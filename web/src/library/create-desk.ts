// The open piece of the list with its versions, and the version to change.
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
    /** The version that the person chose to change; undefined: the one that plays. */
    parentId,
    /** A counter: each increase moves the focus to the field for the instruction. */
    asked,
    toggle: (track: string) => lay(trackId() === track ? undefined : track),
    change(track: string, parent?: string) {
      const before = asked();
      lay(track, parent);
      setAsked(before + 1);
    },
  };
}
