// Stores the playback position when the page is left, for this tab only.

export interface Place {
  trackId: string;
  versionId: string;
  seconds: number;
  sounding: boolean;
}

const KEY = "rondo.place";

export function rememberPlace(place: Place): void {
  sessionStorage.setItem(KEY, JSON.stringify(place));
}

export function recallPlace(): Place | undefined {
  const stored = sessionStorage.getItem(KEY);
  return stored ? (JSON.parse(stored) as Place) : undefined;
}
