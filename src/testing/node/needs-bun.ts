// Lists each file of the server (src and jobs) that uses an API which Node.js lacks. A test
// compares the list with the code. Tests are not listed. Commands (src/cli and src/generator-check)
// are not listed, either, because commands always run on Bun.

/** The APIs that a file uses, as they are written in the code, and the reason. */
export interface NeedOfBun {
  readonly apis: readonly string[];
  readonly why: string;
}

const sqlite = (...more: readonly string[]): NeedOfBun => ({
  apis: ["bun:sqlite", ...more],
  why: "Bun's SQLite is the driver of the embedded stores",
});
const child: NeedOfBun = {
  apis: ["Bun.spawn"],
  why: "starts processes that run TypeScript, and exchanges messages with them",
};
const pause = (...more: readonly string[]): NeedOfBun => ({
  apis: [...more, "Bun.sleep"],
  why: "waits; node:timers/promises can do it, too",
});

export const needsBun: Readonly<Record<string, NeedOfBun>> = {
  "src/bun/argon2id.ts": { apis: ["Bun.password"], why: "hashes passwords with Argon2id" },
  "src/bun/direct-body.ts": {
    apis: ['type: "direct"'],
    why: "writes a listener's bytes to the socket without a promise; other runtimes use openWebBody",
  },
  "src/composer/golden.ts": { apis: ["Bun.write"], why: "writes a generated file, in development only" },
  "src/deps/api-deps.ts": {
    apis: ["Bun.file", "Bun.hash", "Bun.randomUUIDv7"],
    why: "gives the app Bun's functions for files, fingerprints and ids; the app accepts other functions, too",
  },
  "src/main.ts": { apis: ["Bun.serve"], why: "is the server" },
  "src/markdown-table.ts": { apis: ["Bun.stringWidth"], why: "writes generated files, in development only" },
  "src/ports/business-provisioner/sqlite/provisioner.ts": {
    apis: ["Bun.randomUUIDv7"],
    why: "names the file of a business",
  },
  "src/ports/chunk-store/sqlite/errors.ts": sqlite(),
  "src/ports/chunk-store/sqlite/schema.ts": sqlite(),
  "src/ports/database/sqlite/busy.ts": sqlite(),
  "src/ports/database/sqlite/connection.ts": sqlite(),
  "src/ports/database/sqlite/migrate-apart.ts": child,
  "src/ports/database/sqlite/reader-pool.ts": child,
  "src/ports/database/sqlite/reader.ts": sqlite(),
  "src/ports/database/sqlite/writer-pool.ts": child,
  "src/ports/database/sqlite/writer.ts": sqlite(),
  "src/ports/database/sqlite/copy/copy.ts": sqlite(),
  "src/ports/drivers/sqlite-inspect.ts": sqlite(),
  "src/ports/drivers/sqlite-snapshot.ts": sqlite(),
  "src/ports/drivers/sqlite-write-ahead.ts": sqlite("Bun.sleepSync"),
  "src/ports/job-queue/bullmq/admission.ts": {
    apis: ["Bun.randomUUIDv7"],
    why: "orders jobs by ids that follow the clock",
  },
  "src/ports/job-queue/sqlite/admission.ts": {
    apis: ["Bun.randomUUIDv7"],
    why: "orders jobs by ids that follow the clock",
  },
  "src/ports/job-queue/sqlite/operator.ts": pause(),
  "src/ports/job-queue/sqlite/queue.ts": sqlite(),
  "src/ports/job-queue/sqlite/worker.ts": pause(),
  "src/ports/object-store/file/process.ts": pause(),
  "src/ports/object-store/file/store.ts": {
    apis: ["Bun.file"],
    why: "sends a file from the disk without reading it into memory",
  },
  "src/ports/object-store/s3/store.ts": {
    apis: ["Bun.S3Client", "Bun.file"],
    why: "Bun's client is the driver of S3",
  },
  "src/process/folder-lock.ts": sqlite(),
  "src/bun/row-hash.ts": {
    apis: ["Bun.hash"],
    why: "hashes each row while a command moves a business",
  },
};
