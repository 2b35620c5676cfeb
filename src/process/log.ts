// Writes the log as one JSON line per event on standard output. `redact` lists the names of fields whose values are
// replaced, because they are secret. A field is replaced only at the second level of the logged facts, such as `cookie`
// in `{ headers: { cookie } }`. At any other level, it is not replaced, for example at the first level in `{ cookie }`.
// So callers must not log secrets there.
import { writeSync } from "node:fs";
import pino from "pino";
import type { LogLevel } from "../config/config.ts";

interface RequestFacts {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly businessId: string | undefined;
  readonly err: unknown;
}

export interface Log extends Pick<pino.Logger, "debug" | "info" | "warn" | "error"> {
  /** Writes the line of one request. The line contains only these facts, so no secret has to be removed. */
  request(facts: RequestFacts): void;
  /** Writes the buffered lines. */
  flush(): void;
}

/** `service` is the process that writes the log. */
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
    // This function formats the line itself, which takes a tenth of the time that pino needs. If the request has an
    // error, pino formats the line.
    request(facts: RequestFacts) {
      const lineLevel = levelOf(facts.status);
      if (facts.err !== undefined) return log[lineLevel](facts, "request");
      if (!log.isLevelEnabled(lineLevel)) return;
      const { requestId, method, path, status, ms, businessId } = facts;
      const about = businessId === undefined ? "" : `,"businessId":"${businessId}"`;
      // The path comes from the caller and is escaped. The other values can't contain characters that need escaping in
      // JSON.
      lines.write(
        `{"level":"${lineLevel}","time":"${clock()}","service":"${service}","requestId":"${requestId}","method":"${method}"` +
          `,"path":${JSON.stringify(path)},"status":${status},"ms":${ms}${about},"msg":"request"}\n`,
      );
    },
    flush: lines.flush,
  });
}

/**
 * Returns a function that returns the current time in RFC 3339 format. The text is made at most once per millisecond.
 */
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

/** A 503 is logged as a warning, because it means "try again later" and is not an error of this process. */
const levelOf = (status: number) => (status < 500 ? "info" : status === 503 ? "warn" : "error");

const gatheredCharactersMax = 64 * 1024;
const gatheredMs = 50;

/**
 * Writes lines in batches, so that most requests don't wait for standard output. If the process is
 * killed, the lines of the last 50 ms are lost.
 */
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

/**
 * Writes the whole text. A pipe with a slow reader can accept only a part of the text, or nothing
 * (EAGAIN). Then this function tries again at once until the pipe has accepted the whole text, and
 * the process does nothing else. After any other error, for example if standard output is closed,
 * drops the rest.
 */
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
