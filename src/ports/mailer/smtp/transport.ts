// Opens the connection to a mail server that the URL describes.
import nodemailer from "nodemailer";

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** The time limits of one mail, together shorter than the lease of a job that waits for them. */
const connectMs = 10_000;
const answerMs = 20_000;

/** A password is never sent without TLS, except to this machine. */
export function createTransport(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  return nodemailer.createTransport({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // Traffic to this machine needs no TLS, and its server rarely has a certificate.
    ...(loopback.test(hostname) ? { ignoreTLS: true } : { requireTLS: !secure && username !== "" }),
    ...(username === ""
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: answerMs,
    // The texts of a mail contain no references to files or addresses of this server.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** The sender's address: the `from` of the URL, the user if it is an address, or no-reply at the host. */
export function senderOf(url: string, senderHost: string): string {
  const { searchParams, username } = new URL(url);
  const user = decodeURIComponent(username);
  return searchParams.get("from") ?? (/^[^\s@]+@[^\s@]+$/.test(user) ? user : `no-reply@${senderHost}`);
}
