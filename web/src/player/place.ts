// Stores the current piece and its playback position for this tab, so that the piece can be opened
// again after a reload.
import { stored } from "../storage/stored.ts";

export interface Place {
  trackId: string;
  versionId: string;
  seconds: number;
  sounding: boolean;
}

const kept = stored("rondo.place", "sessionStorage");

export const rememberPlace = (place: Place): void => kept.write(place);

export function recallPlace(): Place | undefined {
  const place = kept.read();
  return isPlace(place) ? place : undefined;
}

/** This check is needed because an earlier version of the page can have stored another format. */
function isPlace(value: unknown): value is Place {
  if (typeof value !== "object" || value === null) return false;
  const { trackId, versionId, seconds, sounding } = value as Record<string, unknown>;
  return (
    typeof trackId === "string" &&
    typeof versionId === "string" &&
    typeof seconds === "number" &&
    typeof sounding === "boolean"
  );
}
