// Defines the type of a mailer technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { Mailer } from "./mailer.ts";

export interface OpenMailerOptions {
  /**
   * The host of the sender's address no-reply@host. This address is used if the URL contains
   * neither `?from=` nor a user name that is an e-mail address.
   */
  readonly senderHost: string;
}

export type MailerTechnology = Technology<OpenMailerOptions, Mailer>;
