// Starts a local mail server that keeps the received mails in memory.
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

interface ReceivedMail {
  readonly to: readonly string[];
  /** The message as it was received. */
  readonly raw: string;
  /** The message, with decoded quoted-printable and base64 parts, and \n as the line end. */
  readonly text: string;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
}

/**
 * `refuse` returns the reply code with which the server refuses a recipient, or undefined to accept
 * the recipient. By default, every recipient is accepted and the port is a free one.
 */
export async function startMailServer({
  refuse = () => undefined,
  port = 0,
  ...options
}: SMTPServerOptions & {
  readonly refuse?: (recipient: string) => number | undefined;
  readonly port?: number;
} = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    ...options,
    onRcptTo({ address }, _session, done) {
      const responseCode = refuse(address);
      done(responseCode === undefined ? undefined : Object.assign(new Error("Refused."), { responseCode }));
    },
    onData(stream, { envelope }, done) {
      text(stream).then((raw) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw, text: decoded(raw) });
        done();
      }, done);
    },
  });
  // Without this handler, a client that closes its connection would cause an uncaught error.
  server.on("error", () => undefined);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(closed.resolve);
      await closed.promise;
    },
  };
}

/** Decodes the parts that are quoted-printable (RFC 2045, 6.7) or base64. */
function decoded(raw: string): string {
  return raw
    .split(/(?=^Content-Type:)/m)
    .map((part) => {
      const [head = "", ...rest] = part.split("\r\n\r\n");
      const body = rest.join("\r\n\r\n");
      if (/^Content-Transfer-Encoding: base64/im.test(head))
        return `${head}\n\n${Buffer.from(body.split("\r\n--", 1)[0] ?? "", "base64").toString()}`;
      if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) return part;
      const bytes = body
        .replaceAll("=\r\n", "")
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return `${head}\n\n${Buffer.from(bytes, "latin1").toString()}`;
    })
    .join("")
    .replaceAll("\r\n", "\n");
}
