// Describes the schemas that only the operator needs: businesses, keys, moves, jobs and readiness.
import { keyScopes } from "../../../businesses/secrets/key-scopes.ts";
import { queueNames } from "../../../ports/job-queue/job-queue.ts";
import { about, id, instant, listOf, object, oneOf, orNull, text, whole } from "../schema.ts";

const business = {
  id,
  slug: text,
  name: text,
  state: about(
    oneOf("active", "suspended", "deleting", "erasing"),
    "deleting: the business is erased at deleteAfter, and until then the deletion can be undone.",
  ),
  engine: oneOf("sqlite", "postgres", "neon"),
  limits: about({ type: "object" }, "The limits of this business on shared resources."),
  createdAt: instant,
  deleteAfter: about(
    orNull(instant),
    "The time at which the business is erased; null unless it is being deleted.",
  ),
};

const jobStates = ["waiting", "delayed", "active", "completed", "failed"] as const;

const job = {
  id,
  queue: oneOf(...queueNames),
  name: about(text, "The kind of work, in the form noun.verb."),
  data: { type: "object" },
  businessId: about(text, "The business of the job; empty for jobs of Rondo itself."),
  state: oneOf(...jobStates),
  priority: whole,
  attempts: about(whole, "The maximum number of runs."),
  attemptsMade: whole,
  stalls: about(whole, "How often a worker died while it ran the job."),
  progress: {},
  error: text,
  createdAt: instant,
  runAt: instant,
  startedAt: orNull(instant),
  finishedAt: orNull(instant),
};

export const operator = {
  Business: object(business),
  BusinessKey: object({
    id,
    businessId: id,
    name: text,
    createdAt: instant,
    lastUsedAt: orNull(instant),
    revokedAt: orNull(instant),
    scopes: about(
      orNull(listOf(oneOf(...keyScopes))),
      "null: the key may do everything that a business may.",
    ),
    expiresAt: about(
      orNull(instant),
      "The time after which a replaced key is refused; null if the key was not replaced.",
    ),
  }),
  Erasure: object({
    businessId: id,
    requestedAt: instant,
    completedAt: orNull(instant),
    receipt: about(
      orNull(text),
      "A JWS in compact form. It is signed with this Rondo's key, and its header has the public key.",
    ),
  }),
  MoveState: object({
    progress: {
      ...object({
        action: oneOf("dryRun", "move", "back", "finish", "cancel"),
        state: oneOf("running", "done", "failed"),
        step: {
          type: ["string", "null"],
          enum: ["prepare", "copy", "index", "wait", "pause", "switch", "check", null],
        },
        rows: orNull(
          object({ table: text, rows: whole, rowsTotal: whole, rowsPerSecond: whole, secondsLeft: whole }),
        ),
        startedAt: instant,
        endedAt: orNull(instant),
        report: about(
          orNull(
            object({
              rows: whole,
              tables: whole,
              pauseMs: { type: "number", description: "The time for which writes were refused." },
              totalMs: { type: "number" },
            }),
          ),
          "The result of a move, or of a move back.",
        ),
        tables: about(
          orNull(
            listOf(
              object({
                table: text,
                rows: whole,
                columns: listOf(object({ name: text, from: text, to: text })),
              }),
            ),
          ),
          "The result of a dry run.",
        ),
        fault: orNull(object({ code: text, message: text, hint: orNull(text) })),
      }),
      type: ["object", "null"],
      description:
        "The latest action that was started in the process that answers. Null if this process has started none.",
    },
    record: {
      ...object({
        step: about(
          oneOf("begun", "copying", "switched", "returning"),
          "switched: the business uses the new database, and can go back.",
        ),
        engine: about(
          text,
          "Before the switch: the engine of the new database. After the switch: the engine of the former database.",
        ),
        copiedTables: whole,
        since: instant,
      }),
      type: ["object", "null"],
      description: "Null: the business is not moving, and has no former database.",
    },
  }),
  Job: object(job, ["priority", "progress", "error"]),
  JobCounts: object(
    Object.fromEntries(
      queueNames.map((queue) => [
        queue,
        object(Object.fromEntries(jobStates.map((state) => [state, whole]))),
      ]),
    ),
  ),
  Readiness: object({
    status: oneOf("ready", "not ready"),
    needs: listOf(object({ name: text, ok: { type: "boolean" }, ms: whole })),
    businessesNotServed: about(orNull(whole), "Null if the businesses could not be counted."),
    acceptsNewWork: about(
      { type: "boolean" },
      "False when the disk is nearly full; reading and deleting still work.",
    ),
  }),
} as const;
