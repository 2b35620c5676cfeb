// Stores the playback position when the page is left, for this tab only.
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

/** The stored value may come from an earlier version of the page. */
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
