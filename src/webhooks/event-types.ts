// Defines the types of the events that are sent to the servers of a business, with the data of each type.

interface EventData {
  readonly "generation.complete": GenerationEnded;
  readonly "generation.failed": GenerationEnded & { readonly code: string; readonly reason: string };
  readonly "generation.cancelled": GenerationEnded;
  readonly "upload.complete": {
    readonly userId: string;
    readonly trackId: string;
    readonly versionId: string;
    readonly bytes: number;
  };
  readonly "deletion.complete": {
    readonly userId: string;
    readonly receiptId: string;
    readonly kind: string;
    readonly subjectId: string;
  };
  readonly "quota.reached": {
    readonly of: "business" | "user";
    /** Null if `of` is "business". */
    readonly userId: string | null;
    readonly metric: string;
    readonly per: "day" | "month";
    readonly limit: number;
    readonly used: number;
    readonly resetsAt: string;
  };
  readonly ping: { readonly endpointId: string };
}

interface GenerationEnded {
  readonly requestId: string;
  readonly userId: string;
  readonly projectId: string;
  readonly trackId: string;
  readonly versionId: string;
  /** The length of the sound that was made. If the generation failed or was cancelled: the length until then. */
  readonly durationMs: number;
}

export type EventType = keyof EventData;

/** The types to which an endpoint can subscribe. A ping is sent only on request. */
export const eventTypes = [
  "generation.complete",
  "generation.failed",
  "generation.cancelled",
  "upload.complete",
  "deletion.complete",
  "quota.reached",
] as const satisfies readonly EventType[];

export type WebhookEvent = {
  readonly [Type in EventType]: {
    readonly type: Type;
    readonly data: EventData[Type];
    /** A second event with the same id is ignored. By default the id is generated. */
    readonly id?: string;
  };
}[EventType];
