// The log: one JSON line an event, to standard output, with nothing in it that opens anything.
import { writeSync } from "node:fs";
import pino from "pino";
import type { LogLevel } from "../config/config.ts";

export interface RequestFacts {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly businessId: string | undefined;
  readonly err: unknown;
}

export interface Log extends Pick<pino.Logger, "debug" | "info" | "warn" | "error"> {
  /** The line of one request: these facts and no others, so there is nothing to strike out. */
  request(facts: RequestFacts): void;
  /** Writes what is gathered. */
  flush(): void;
}

/** `service`: which process speaks. */
export function createLog(service: "api" | "jobs" | "cli", level: LogLevel): Log {
  const lines = gatherLines();
  const clock = createClock();
  const log = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ["*.authorization", "*.cookie", "*.key", "*.token", "*.password", "*.secret"],
    },
    lines,
  );
  return Object.assign(log, {
    // A line of this one shape costs a tenth of one that may have any; an error goes the common way.
    request(facts: RequestFacts) {
      const lineLevel = levelOf(facts.status);
      if (facts.err !== undefined) return log[lineLevel](facts, "request");
      if (!log.isLevelEnabled(lineLevel)) return;
      const { requestId, method, path, status, ms, businessId } = facts;
      const about = businessId === undefined ? "" : `,"businessId":"${businessId}"`;
      // The path is the caller's; the others can't hold what JSON would escape.
      lines.write(
        `{"level":"${lineLevel}","time":"${clock()}","service":"${service}","requestId":"${requestId}","method":"${method}"` +
          `,"path":${JSON.stringify(path)},"status":${status},"ms":${ms}${about},"msg":"request"}\n`,
      );
    },
    flush: lines.flush,
  });
}

/** Now, RFC 3339; written anew once a millisecond. */
function createClock(): () => string {
  let atMs = 0;
  let text = "";
  return () => {
    const nowMs = Date.now();
    if (nowMs !== atMs) {
      atMs = nowMs;
      text = new Date(nowMs).toISOString();
    }
    return text;
  };
}

/** 503 is a word to come back later: worth a look, and no fault of ours. */
const levelOf = (status: number) => (status < 500 ? "info" : status === 503 ? "warn" : "error");

const gatheredCharactersMax = 64 * 1024;
const gatheredMs = 50;

/** Lines are written together, so that a request does not wait for the terminal or the disk. */
function gatherLines() {
  let text = "";
  const flush = (): void => {
    if (text === "") return;
    const written = text;
    text = "";
    writeAll(written);
  };
  setInterval(flush, gatheredMs).unref();
  process.on("exit", flush);
  return {
    flush,
    write(line: string): void {
      text += line;
      if (text.length > gatheredCharactersMax) flush();
    },
  };
}

/** A pipe whose reader is slow takes less than all, or nothing for a moment; one that is gone takes no more. */
function writeAll(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== "EAGAIN") return;
    }
  }
}
