// Defines the job that sends one mail to a user. The job contains neither the address nor the link: the worker reads
// the address and creates the link.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

/** The mails reset-password and verify-email contain a link. The other mails inform the member about a change. */
const mailKinds = [
  "reset-password",
  "verify-email",
  "password-changed",
  "email-changing",
  "account-deleted",
] as const;
export const mailLanguages = ["en", "de", "ar"] as const;

export type MailKind = (typeof mailKinds)[number];
export type MailLanguage = (typeof mailLanguages)[number];

const schema = z.object({
  businessId: z.string(),
  /** If the user does not exist, no mail is sent. */
  userId: z.string(),
  kind: z.enum(mailKinds),
  language: z.enum(mailLanguages),
  /** Distinguishes the mails of the same kind to the same user. */
  mailId: z.string(),
});

export type MailJobData = Readonly<z.output<typeof schema>>;

export const mailJob = {
  name: "mail.send",
  schema,
  inputOf: (data: MailJobData) =>
    ({
      id: `mail-${data.mailId}`,
      name: mailJob.name,
      businessId: data.businessId,
      owner: data.userId,
      data,
      attempts: 5,
      backoffMs: 5_000,
    }) satisfies JobInput,
} as const;
