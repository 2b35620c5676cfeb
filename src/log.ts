// The log: one JSON line an event, to standard output, with nothing in it that opens anything.
import pino from "pino";
import type { LogLevel } from "./config.ts";

export type Log = Pick<pino.Logger, "debug" | "info" | "warn" | "error" | "flush">;

/** `service`: which process speaks. */
export const createLog = (service: "api" | "jobs" | "cli", level: LogLevel): Log =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ["*.authorization", "*.cookie", "*.key", "*.token", "*.password", "*.secret"],
    },
    pino.destination({ dest: 1, sync: true }),
  );
