// Formats lengths of time, given in seconds, as text.
import { plural } from "./translate.ts";

/** 75 → "1:15", 3600 → "60:00". */
export function clockOf(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 75 → "1 minute 15 seconds", for screen readers. */
export function spokenClockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const minutes = Math.floor(whole / 60);
  const rest = plural(whole % 60, "1 second", "{n} seconds");
  return minutes ? `${plural(minutes, "1 minute", "{n} minutes")} ${rest}` : rest;
}
