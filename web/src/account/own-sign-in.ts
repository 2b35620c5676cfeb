// Signs a person in with the sign-in of the business. The page sends the person to this sign-in, and the business sends
// the person back with a token.
import { t } from "../i18n/translate.ts";
import { at } from "../address/at.ts";
import { business } from "../shell/business.ts";
import { ApiError } from "../api/send.ts";
import { enterWithToken } from "../api/session.ts";
import { stored } from "../storage/stored.ts";

/**
 * A random number that is chosen each time this tab leaves for the business's sign-in. Without this number, another
 * site could sign this person in as someone else.
 */
const departure = stored("rondo.sign-in", "sessionStorage");

/** Leaves the page for the sign-in of the business. The business must have a sign-in of its own. */
export function goToOwnSignIn(): void {
  const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  departure.write(state);
  const address = new URL(business.signIn!);
  address.searchParams.set("return", `${location.origin}${at(`/sign-in?state=${state}`)}`);
  location.assign(address.href);
}

/**
 * Opens a session with the token that the business has issued. `search` is the query string of the address to which the
 * business sent the person back. Throws FORBIDDEN in these cases: the sign-in was not started in this tab, another
 * sign-in was started in this tab later, or this function was called before with the same address.
 */
export async function comeBack(search: string, token: string): Promise<void> {
  const state = new URLSearchParams(search).get("state");
  if (!state || departure.read() !== state) {
    const hint = t("Sign in again from this page.");
    throw new ApiError(t("This sign-in was not started in this tab."), 403, "FORBIDDEN", hint);
  }
  departure.write(null);
  await enterWithToken(token);
}
