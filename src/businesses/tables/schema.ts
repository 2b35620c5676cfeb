// Declares the tables of a business's database and their columns. If the rows of a table belong to users, `access` says
// which column contains the owner. The migrations create these tables, and a test compares them with this declaration.
import {
  bigint,
  id,
  idOf,
  integer,
  json,
  nullable,
  type TableDeclaration,
  type TablesOf,
  text,
  textOf,
  timestamp,
  withDefault,
} from "./table-declaration.ts";

/** The kinds of things that a user deletes, restores and purges. */
export type ThingKind = "project" | "track" | "version";

/**
 * Where the audio of a version is. chunks: only in the chunk store. stored: in a verified object, and also in the chunk
 * store until the chunks expire. empty: the generation ended without sound. damaged: the object is missing or differs
 * from the written audio, and the chunks no longer exist.
 */
export type AudioStorage = "chunks" | "stored" | "empty" | "damaged";

export type GenerationState = "queued" | "running" | "complete" | "failed" | "cancelled";

/** gone: the endpoint responded with 410, so it gets no more events. */
export type WebhookEndpointState = "active" | "paused" | "gone";

/** dead: no further attempt is made unless a person replays the delivery. */
export type WebhookDeliveryState = "pending" | "delivered" | "dead";

export type AccountLinkPurpose = "reset-password" | "verify-email" | "sign-in";

export const businessSchema = {
  users: {
    access: { owner: "id" },
    columns: {
      id,
      kind: textOf<"guest" | "member" | "external" | "deleted">(),
      createdAt: timestamp,
      /** The time at which the account is erased; null unless the account is being deleted. */
      deleteAfter: nullable(timestamp),
    },
  },
  sessions: {
    access: "internal",
    columns: {
      id,
      userId: idOf("users"),
      createdAt: timestamp,
      expiresAt: timestamp,
      revokedAt: nullable(timestamp),
      /** The browser and the system, such as "Firefox, Linux"; null: not known. */
      device: nullable(text),
      /** The time of the last use, updated at most once an hour; null: not used since the creation. */
      lastUsedAt: nullable(timestamp),
    },
  },
  /** The logins of members. */
  logins: {
    access: "internal",
    columns: {
      userId: idOf("users"),
      /** The e-mail address as the member typed it. Its case-folded form is unique. */
      email: text,
      foldedEmail: text,
      passwordHash: text,
      createdAt: timestamp,
      /** The time at which the member opened a link that was mailed to the address. */
      emailVerifiedAt: nullable(timestamp),
      /** The new address, until the member verifies it. Then the new address replaces `email`. */
      newEmail: nullable(text),
    },
  },
  /** Links that a member opens once, to set a new password, to verify an e-mail address, or to sign in. */
  rondoAccountLinks: {
    access: "internal",
    columns: {
      /** The hash of the link's secret. */
      id,
      userId: idOf("users"),
      purpose: textOf<AccountLinkPurpose>(),
      /** The e-mail address that the link was made for. */
      email: text,
      createdAt: timestamp,
      expiresAt: timestamp,
    },
  },
  projects: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      name: text,
      createdAt: timestamp,
      updatedAt: timestamp,
      deletedAt: nullable(timestamp),
      /** The deletion that moved the row to the trash. */
      deletionId: nullable(idOf("deletions")),
    },
  },
  tracks: {
    access: { owner: "userId" },
    search: ["title"],
    columns: {
      id,
      userId: idOf("users"),
      projectId: idOf("projects"),
      title: text,
      createdAt: timestamp,
      updatedAt: timestamp,
      /** The time at which the owner liked the track. */
      likedAt: nullable(timestamp),
      deletedAt: nullable(timestamp),
      deletionId: nullable(idOf("deletions")),
    },
  },
  versions: {
    access: { owner: "userId" },
    search: ["prompt"],
    columns: {
      id,
      userId: idOf("users"),
      trackId: idOf("tracks"),
      parentId: nullable(idOf("versions")),
      /** The number of the version within the track: 1, 2, 3… */
      number: integer,
      prompt: text,
      instruction: nullable(text),
      seed: bigint,
      /** The generator's plan as JSON text. */
      spec: nullable(json),
      durationMs: nullable(integer),
      audioBytes: nullable(bigint),
      /** The loudness of 100 equal parts of the sound, one byte each, as base64. Lists show it as a small waveform. */
      peaks: nullable(text),
      /** The generator's name. */
      madeBy: nullable(text),
      storage: withDefault(textOf<AudioStorage>()),
      /** The size of the object, while `storage` is "stored" or "damaged". */
      objectBytes: nullable(bigint),
      objectCrc32c: nullable(bigint),
      /**
       * If `storage` is "stored", the chunks are deleted at this time, and the object stays. null: the chunks are
       * deleted already, or are never deleted.
       */
      chunksExpireAt: nullable(timestamp),
      createdAt: timestamp,
      updatedAt: timestamp,
      deletedAt: nullable(timestamp),
      deletionId: nullable(idOf("deletions")),
    },
  },
  generations: {
    access: { owner: "userId" },
    columns: {
      /** The request's id. */
      id,
      userId: idOf("users"),
      projectId: idOf("projects"),
      trackId: idOf("tracks"),
      versionId: idOf("versions"),
      state: textOf<GenerationState>(),
      prompt: text,
      seed: bigint,
      durationSeconds: integer,
      /** The generator that the request named; null: the business's default. */
      generator: nullable(text),
      /** The options of the request other than the prompt, as JSON text; null: none. */
      options: nullable(json),
      idempotencyKey: nullable(text),
      /** The hash of the request that was sent with `idempotencyKey`. Another request with the same key is refused. */
      requestHash: nullable(text),
      /** How often workers have claimed the generation. Only the worker with the latest claim may write. */
      epoch: withDefault(integer),
      generatedMs: withDefault(integer),
      plannedMs: nullable(integer),
      plannedBytes: nullable(bigint),
      reasonCode: nullable(text),
      reason: nullable(text),
      createdAt: timestamp,
      startedAt: nullable(timestamp),
      finishedAt: nullable(timestamp),
    },
  },
  /** The addresses from which guests requested generations. */
  generationOrigins: {
    access: "internal",
    columns: {
      generationId: idOf("generations"),
      /** The keyed hash of the address. */
      address: text,
    },
  },
  /** Calls to generators on other machines, one for each generation. */
  generatorCalls: {
    access: "internal",
    columns: {
      generationId: idOf("generations"),
      /** The time at which the generator was first called. */
      askedAt: timestamp,
      /** Whether the generator stopped after the cancellation; null: not cancelled, or not known. */
      farEnd: nullable(textOf<"stopped" | "left running">()),
    },
  },
  /**
   * Links that show a track or a project to everyone who has the link. Exactly one of `trackId` and
   * `projectId` is set.
   */
  shares: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      trackId: nullable(idOf("tracks")),
      projectId: nullable(idOf("projects")),
      /** The secret part of the link: 128 random bits as base64url. */
      token: text,
      createdAt: timestamp,
    },
  },
  /** Deletions that can still be undone. Together they are the content of the trash. */
  deletions: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      kind: textOf<ThingKind>(),
      subjectId: id,
      title: text,
      trackCount: integer,
      versionCount: integer,
      deletedAt: timestamp,
      purgeAfter: timestamp,
    },
  },
  /**
   * One row for each purge. A receipt stays after its user was deleted, so `userId` has no foreign
   * key.
   */
  receipts: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: id,
      kind: textOf<ThingKind>(),
      subjectId: id,
      title: text,
      state: textOf<"purging" | "complete">(),
      projectCount: integer,
      trackCount: integer,
      versionCount: integer,
      generationCount: integer,
      streamCount: integer,
      streamBytes: bigint,
      objectCount: integer,
      objectBytes: bigint,
      requestedAt: timestamp,
      completedAt: nullable(timestamp),
    },
  },
  /** Data in the stores that a purge still has to remove. The rows that refer to the data are already deleted. */
  purgeItems: {
    access: "internal",
    columns: {
      id,
      receiptId: idOf("receipts"),
      store: textOf<"streams" | "objects">(),
      path: text,
      /** The size, measured before the removal; null: not measured yet. */
      bytes: nullable(bigint),
    },
  },
  /** The versions of the app. The latest version of each source is in use. */
  appVersions: {
    access: "internal",
    columns: {
      /** common: the app in the folder of RONDO_APP. own: the business's own app. */
      source: textOf<"common" | "own">(),
      /** The number of the version within the source: 1, 2, 3… */
      number: integer,
      /** The SHA-256 of the bundle. */
      hash: text,
      bundle: json,
      /** The names that the tables and columns had in the previous version, as JSON (see src/apps/origins.ts). */
      origins: json,
      appliedAt: timestamp,
      appliedBy: text,
    },
  },
  /** The responses to writes with an Idempotency-Key. A repeated write gets the stored response. */
  repeatableWrites: {
    access: "internal",
    columns: {
      id,
      /** The user who sent the write; null: a server of the business sent it with a key. */
      userId: nullable(idOf("users")),
      requestHash: text,
      answer: text,
      expiresAt: timestamp,
    },
  },
  /** The usage per day (UTC). There are rows for each user, for the business itself, and for all of them together. */
  usageCounts: {
    access: "internal",
    columns: {
      /** For example 2026-11-29. */
      day: text,
      /** A user's id, or an id from src/usage/usage-counts.ts that belongs to no user, such as "(all)". */
      userId: id,
      generations: bigint,
      soundMs: bigint,
      storedBytes: bigint,
      servedBytes: bigint,
      queries: bigint,
    },
  },
  /** The addresses of the business's servers that get events. */
  webhookEndpoints: {
    access: "internal",
    columns: {
      id,
      url: text,
      /** The types of the events that the endpoint gets, as a JSON list. */
      events: json,
      state: textOf<WebhookEndpointState>(),
      /** The secret that signs messages to the endpoint, sealed under a key of the business. */
      secret: text,
      /** The secret before the last rotation. It also signs messages until `formerUntil`. */
      formerSecret: nullable(text),
      formerUntil: nullable(timestamp),
      /** The number of failed attempts since the last successful attempt. */
      failures: withDefault(integer),
      /** After a failure, nothing is sent to the endpoint before this time. */
      blockedUntil: nullable(timestamp),
      createdAt: timestamp,
      changedAt: timestamp,
    },
  },
  /**
   * The events for webhooks. The original of a restored business can still exist, and sends these events itself. So
   * after a restore, the endpoints of the new business are paused, and its waiting deliveries are dead.
   */
  webhookEvents: {
    access: "internal",
    columns: { id, type: text, data: json, createdAt: timestamp },
  },
  /** Deliveries, each of one event to one endpoint. */
  webhookDeliveries: {
    access: "internal",
    columns: {
      id,
      eventId: idOf("webhookEvents"),
      endpointId: idOf("webhookEndpoints"),
      state: textOf<WebhookDeliveryState>(),
      /** The number of completed attempts since the delivery was created or last replayed. */
      attempts: integer,
      /** The number of times that the delivery was replayed. */
      round: integer,
      /** The latest attempts as a JSON list. */
      tries: json,
      nextAttemptAt: timestamp,
      /** An attempt is in progress until this time at the latest; null: no attempt is in progress. */
      claimedUntil: nullable(timestamp),
      /** The HTTP status of the last response; null: there was no response. */
      answerCode: nullable(integer),
      createdAt: timestamp,
      finishedAt: nullable(timestamp),
    },
  },
  /**
   * Jobs that are not in the queue yet. When an archive is restored as a new business, this table is emptied, because
   * the jobs in it name the original business. The sweeps then add jobs for the new business.
   */
  outbox: {
    access: "internal",
    columns: { id, queue: text, job: json, createdAt: timestamp },
  },
} as const satisfies Record<string, TableDeclaration>;

/** The tables as Kysely types. Instants are RFC 3339 strings. */
export type BusinessTables = TablesOf<typeof businessSchema>;
