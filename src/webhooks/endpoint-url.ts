// Refuses URLs to which no webhook can be sent.
import { AppError, isAppError } from "../errors.ts";
import type { Dial, Dialling } from "../ports/dial-public.ts";

/**
 * For an endpoint without an allowed IP address, `dial` throws an error with this code. The message of the error calls
 * the endpoint `what`.
 */
export const endpointDialling: Dialling = { code: "INVALID_PARAMETER", what: "this endpoint" };

const urlCharactersMax = 2_000;
const example = "For example https://shop.example/rondo-events";

/**
 * Throws INVALID_PARAMETER for a URL that can't be used. This includes a URL whose name has no IP address at the
 * moment, and a URL whose server has an IP address that `dial` refuses. Doesn't connect to the endpoint. No error
 * message contains the URL, because the path of the URL can contain a secret.
 */
export async function refuseUnusableUrl(url: string, dial: Dial): Promise<void> {
  if (url.length > urlCharactersMax)
    throw refused(`The address has more than ${urlCharactersMax} characters.`);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw refused("The address of an endpoint begins with https:// or http://.");
  const { username, password, hash } = new URL(url);
  if (username !== "" || password !== "")
    throw refused(
      "The address contains a user name or a password.",
      "Check the signature of the message instead.",
    );
  if (hash !== "") throw refused("The address has a part after #, which is never sent.");
  await dial(url).catch((err: unknown) => {
    if (!isAppError(err)) throw err;
    throw refused(err.publicMessage, err.hint);
  });
}

const refused = (message: string, hint = example): AppError =>
  new AppError("INVALID_PARAMETER", message, { faults: [{ at: "/url", message, hint }], hint });
