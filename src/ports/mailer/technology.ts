// Defines the type of a technology for the mailer, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { Mailer } from "./mailer.ts";

export interface OpenMailerOptions {
  /** The host in the sender's address, if the URL names no sender. */
  readonly senderHost: string;
}

export type MailerTechnology = Technology<OpenMailerOptions, Mailer>;
