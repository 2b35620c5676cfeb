// Defines the type of a mailer technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { Mailer } from "./mailer.ts";

export interface OpenMailerOptions {
  /** The host in the sender's address, used when the URL has no sender. */
  readonly senderHost: string;
}

export type MailerTechnology = Technology<OpenMailerOptions, Mailer>;
