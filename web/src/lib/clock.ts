// Writes lengths of time as people read them.

/** 75 → "1:15". */
export function clockOf(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 75 → "1 minute 15 seconds", for screen readers. */
export function spokenClockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
  const minutes = Math.floor(whole / 60);
  return minutes ? `${count(minutes, "minute")} ${count(whole % 60, "second")}` : count(whole, "second");
}
