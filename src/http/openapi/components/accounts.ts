// Describes the schemas of tokens, sessions, accounts and users.
import { about, id, instant, listOf, object, oneOf, orNull, text, whole } from "../schema.ts";

const token = {
  userId: id,
  token: about(text, "The token, to be sent as `Authorization: Bearer`."),
  expiresAt: about(instant, "When the token ends."),
};

export const accounts = {
  Token: object(token),
  Entrance: about(
    object({ ...token, sessionExpiresAt: about(instant, "When the session ends.") }),
    "A new session: its cookie is in the header Set-Cookie, and the token is for clients without cookies.",
  ),
  Account: object({
    userId: id,
    kind: about(oneOf("guest", "member", "external"), "An external user signs in with the business itself."),
    business: about(text, "The slug of the business."),
    email: about(orNull(text), "The e-mail of a member; null for other users."),
    isEmailVerified: about(
      { type: "boolean" },
      "Whether the member has opened a link that was mailed to the address.",
    ),
    newEmail: about(orNull(text), "The address that replaces the e-mail as soon as it is verified."),
    graceDays: about(
      whole,
      "The number of days for which a deleted account can be restored. With 0, it is erased at once.",
    ),
    createdAt: instant,
  }),
  UserExport: object({
    format: { const: "rondo-user" },
    version: { const: 1 },
    exportedAt: instant,
    userId: text,
    email: about(
      orNull(text),
      "Only members have an e-mail. For other users, this field and the next three fields are null.",
    ),
    emailVerifiedAt: orNull(instant),
    newEmail: about(orNull(text), "The new address, until it is verified."),
    signedUpAt: orNull(instant),
    accountLinks: about(
      listOf(
        object({
          purpose: oneOf("reset-password", "verify-email", "sign-in"),
          ...{ email: text, createdAt: instant, expiresAt: instant },
        }),
      ),
      "The links that were made for the user and that nobody has opened. The secrets of the links are left out.",
    ),
    sessions: listOf(
      object({
        ...{ createdAt: instant, expiresAt: instant, revokedAt: orNull(instant) },
        ...{ device: orNull(text), lastUsedAt: orNull(instant) },
      }),
    ),
    usage: listOf({ type: "object" }),
    tables: { type: "object", additionalProperties: listOf({ type: "object" }) },
  }),
  ClosedAccount: object({
    userId: id,
    deleteAfter: about(instant, "The account is erased then. Until then it can be restored."),
  }),
  DeletedAccount: object({
    userId: id,
    deletedAt: instant,
    receiptIds: about(
      { type: "array", items: id },
      "The receipts of the purged content, for the business's records.",
    ),
    projectCount: whole,
    trackCount: whole,
    versionCount: whole,
    generationCount: whole,
  }),
  ManagedUser: object({
    userId: id,
    kind: about(oneOf("guest", "member", "external"), "external: the business itself signs the user in."),
    email: about(orNull(text), "The e-mail of a member."),
    createdAt: instant,
    tracks: about(whole, "The tracks that are not in the trash."),
    openSessions: about(whole, "The sessions of the page that have not ended."),
    deleteAfter: about(orNull(instant), "The time at which a deleted account is erased; null for others."),
  }),
} as const;
