// Opens the connection to the mail server of a URL.
import nodemailer from "nodemailer";

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** The time limit for the connection. The server's greeting then has a time limit of the same length. */
const connectMs = 10_000;
/** The time limit for each later answer of the server. */
const answerMs = 20_000;

/** The password is never sent without TLS, except to a server on this machine. */
export function createTransport(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  return nodemailer.createTransport({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // A connection to this machine needs no TLS, and a local server rarely has a certificate.
    ...(loopback.test(hostname) ? { ignoreTLS: true } : { requireTLS: !secure && username !== "" }),
    ...(username === ""
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: answerMs,
    // Rondo passes the whole content of a mail as strings, so nodemailer must not read content from files or URLs.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/**
 * Returns the sender's address, which is the first of these that exists:
 * - the parameter `from` of the URL
 * - the user name of the URL, if the user name is an e-mail address
 * - the address no-reply at `senderHost`
 */
export function senderOf(url: string, senderHost: string): string {
  const { searchParams, username } = new URL(url);
  const user = decodeURIComponent(username);
  return searchParams.get("from") ?? (/^[^\s@]+@[^\s@]+$/.test(user) ? user : `no-reply@${senderHost}`);
}
