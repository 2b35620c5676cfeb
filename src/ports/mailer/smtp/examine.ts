// Examines a mail server by connecting and signing in. It sends no mail.
import { type Found, good, wrong } from "../../found.ts";
import { createTransport } from "./transport.ts";

export async function examineSmtp(url: string): Promise<readonly Found[]> {
  const transport = createTransport(url);
  try {
    await transport.verify();
    return [good("The mail server accepts the connection and the credentials.")];
  } catch (err) {
    return [
      wrong(
        `The mail server can't be used: ${(err as Error).message}`,
        "Check the host, the port, the user and the password; mails wait until the server can be used.",
      ),
    ];
  } finally {
    transport.close();
  }
}
