// Defines the job that sends one mail to a user. It contains ids only: the worker reads the address and makes the link.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

/** The mails reset-password and verify-email contain a link. password-changed and email-changing warn the member of a change. */
const mailKinds = ["reset-password", "verify-email", "password-changed", "email-changing"] as const;
export const mailLanguages = ["en", "de", "ar"] as const;

export type MailKind = (typeof mailKinds)[number];
export type MailLanguage = (typeof mailLanguages)[number];

const schema = z.object({
  businessId: z.string(),
  /** A user that does not exist gets no mail. */
  userId: z.string(),
  kind: z.enum(mailKinds),
  language: z.enum(mailLanguages),
  /** Distinguishes the mails of one kind to one user. */
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
