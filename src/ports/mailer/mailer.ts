// Defines the mailer, which passes one mail at a time to a mail server. This file does not depend on a specific
// technology.

export interface Mail {
  readonly to: string;
  /** The name that readers see as the sender. */
  readonly fromName: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The language of the mail, such as "en". */
  readonly language: string;
}

/** "refused" means that the mail server will never accept this mail, for example because the address does not exist. */
type Sent = { readonly kind: "sent" } | { readonly kind: "refused"; readonly reason: string };

export interface Mailer {
  /**
   * Resolves when the mail server has accepted the mail or refused it permanently. Error:
   * UNAVAILABLE in all other cases, for example when the mail server can't be reached, is busy, or
   * refuses the credentials. After UNAVAILABLE the call can be repeated. If the connection broke
   * after the mail was accepted, a repeated call sends the mail a second time.
   * Example: `await mailer.send({ to: "ada@example.com", … })`.
   */
  send(mail: Mail): Promise<Sent>;
  /** A second call does nothing. */
  close(): Promise<void>;
}
