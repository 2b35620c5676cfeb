// Refuses URLs to which no webhook can be sent.
import { AppError, isAppError } from "../errors.ts";
import type { Dial, Dialling } from "../ports/dial-public.ts";

/**
 * The code and the words of the error that `dial` throws for a URL that leads to no allowed IP address. `what` is the
 * name of the endpoint in the message.
 */
export const endpointDialling: Dialling = { code: "INVALID_PARAMETER", what: "this endpoint" };

const urlCharactersMax = 2_000;
const example = "For example https://shop.example/rondo-events";

/**
 * Throws INVALID_PARAMETER for a URL that can't be used, without connecting to the endpoint. Such a URL can also be one
 * whose host name has no IP address at the moment, or one whose IP address is refused by `dial`. No error message
 * contains the URL, because its path can contain a secret.
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
