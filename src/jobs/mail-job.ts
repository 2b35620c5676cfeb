// Defines the job that sends one mail to a user. The job contains neither the address nor the link: the worker reads
// the address and creates the link.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

/** Mails of the last three kinds inform the member about a change. Mails of all kinds contain a link. */
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
  /** If the user does not exist when the job runs, no mail is sent. */
  userId: z.string(),
  kind: z.enum(mailKinds),
  language: z.enum(mailLanguages),
  /** The id of the job contains `mailId`. So each mail needs a different `mailId`. */
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
