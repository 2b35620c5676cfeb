// Serves /v1/accounts (guests, sign-up, sign-in, sign-out, and the account), and the routes where the servers of a
// business get tokens for the users of the business.
import { Hono } from "hono";
import { z } from "zod";
import type { UserCaller } from "../../../accounts/caller.ts";
import { type Authenticator, sessionIdOf } from "../../../accounts/authenticate.ts";
import { deviceOf } from "../../../accounts/sessions/device.ts";
import { enterAsGuest } from "../../../accounts/sign-in/guests.ts";
import { emailSchema, passwordSchema } from "../../../accounts/passwords/passwords.ts";
import { sessionOfCookie } from "../../../accounts/sessions/sessions.ts";
import { restoreAccount } from "../../../accounts/deletion/restore-account.ts";
import { deleteAccount, type DeleteAccountDeps } from "../../../accounts/deletion/delete-account.ts";
import { signIn, type SignInInput } from "../../../accounts/sign-in/sign-in.ts";
import { createSignInToken, signInWithToken } from "../../../accounts/sign-in/sign-in-tokens.ts";
import { signOut } from "../../../accounts/sign-in/sign-out.ts";
import { signUp } from "../../../accounts/sign-in/sign-up.ts";
import type { UserToken } from "../../../accounts/tokens.ts";
import { type Account, createUserToken, readAccount } from "../../../accounts/users.ts";
import { addressOfRequest } from "../../middleware/address.ts";
import { isAppError } from "../../../errors.ts";
import type { SessionCookie } from "../../credentials/session-cookie.ts";
import { mailLanguageOf } from "./mail-language.ts";
import { language } from "./recovery.ts";
import {
  type HttpContext,
  type HttpEnv,
  readJson,
  requireBusiness,
  requireUser,
  userOf,
} from "../../wire.ts";

const business = z.string().min(1).max(40);
export const guestBody = z.strictObject({ business });
export const signUpBody = z.strictObject({
  business,
  email: emailSchema,
  password: passwordSchema,
  language,
});
/**
 * The password is not checked against the rules for new passwords, so that every wrong password of up to
 * 1,000 characters gets the same response.
 */
export const signInBody = z.strictObject({
  business,
  email: z.string().max(300),
  password: z.string().max(1000),
});

export const deleteAccountBody = z.strictObject({ password: z.string().max(1000).optional(), language });

/** The id that the business itself uses for the user. */
const userId = z.string().regex(/^[\w.:@+-]{1,128}$/, "Use 1 to 128 letters, digits and _ . : @ + -");
export const tokenBody = z.strictObject({
  userId,
  expiresInSeconds: z.int().min(60).max(86_400).default(3600),
});

export const signInTokenBody = z.strictObject({ userId });
export const signInWithTokenBody = z.strictObject({ token: z.string().max(200) });

export interface AccountRoutesDeps extends DeleteAccountDeps {
  readonly findCaller: Authenticator;
  readonly sessionCookie: SessionCookie;
  readonly trustedProxies: number;
  /** Whether a mail server is set. */
  readonly hasMail: boolean;
}

export function accountRoutes(deps: AccountRoutesDeps) {
  const { sessionCookie, findCaller } = deps;

  /**
   * Sets the session cookie for browsers, unless `session.cookie` is undefined. Returns the body of the
   * response, which contains the token for other clients.
   */
  function opened(c: HttpContext, { session, token }: Opened) {
    if (session.cookie !== undefined) sessionCookie.set(c, session.cookie, session.expiresAt);
    return { ...token, sessionExpiresAt: session.expiresAt };
  }

  /**
   * Reads the caller from the database, not from the cache. The cache can be outdated: a guest can have become a member
   * in another process. The guest's old token must not give access to the data of the member.
   */
  async function callerNow(c: HttpContext): Promise<UserCaller> {
    const { businessId, userId } = requireUser(c);
    const credential = sessionCookie.credentialOf(c.req.raw.headers);
    const id = sessionIdOf(credential);
    deps.sessions.forget(businessId, { ids: id === undefined ? [] : [id], userId });
    return userOf(await findCaller(credential));
  }

  async function accountNow(c: HttpContext): Promise<Account> {
    const caller = await callerNow(c);
    const { headers } = c.req.raw;
    if (sessionCookie.hasOldName(headers)) await renameCookie(c, caller);
    await touchSession(c, caller);
    return readAccount(deps, caller);
  }

  /**
   * Stores that the session is in use. Ignores the errors UNAVAILABLE (for example during a pause of
   * writes) and STORAGE_FULL, so that the account is still returned.
   */
  async function touchSession(c: HttpContext, { businessId }: UserCaller): Promise<void> {
    const id = sessionIdOf(sessionCookie.credentialOf(c.req.raw.headers));
    if (id === undefined) return;
    await deps.sessions.touch(businessId, id).catch((err: unknown) => {
      if (!isAppError(err, "UNAVAILABLE", "STORAGE_FULL")) throw err;
    });
  }

  /** Sets the session cookie again, under the current name of this cookie. */
  async function renameCookie(c: HttpContext, { businessId }: UserCaller): Promise<void> {
    const cookie = sessionCookie.read(c.req.raw.headers)!;
    const open = await deps.sessions.find(businessId, sessionOfCookie(cookie).id);
    if (open.value !== undefined) sessionCookie.set(c, cookie, open.value.expiresAt);
  }

  const readLogin = async (c: HttpContext): Promise<SignInInput> => ({
    ...(await readJson(c, signInBody)),
    address: addressOfRequest(c.req.raw, c.env, deps.trustedProxies),
    device: deviceOf(c.req.header("user-agent")),
  });

  /**
   * Ends the session of the request's credential, and the session of the cookie if the request also has a
   * cookie. The tokens that were issued from these sessions end, too.
   */
  async function endSession(c: HttpContext): Promise<void> {
    const { headers } = c.req.raw;
    const caller = c.get("caller");
    const id = sessionIdOf(sessionCookie.credentialOf(headers));
    if (caller?.kind === "user" && id !== undefined) await deps.sessions.end(caller.businessId, id);
    const cookie = sessionCookie.read(headers);
    if (cookie !== undefined) await signOut(deps, cookie);
  }

  return new Hono<HttpEnv>()
    .post("/accounts/guest", async (c) => {
      const credential = sessionCookie.credentialOf(c.req.raw.headers);
      const input = { ...(await readJson(c, guestBody)), device: deviceOf(c.req.header("user-agent")) };
      const entered = await enterAsGuest(deps, c.get("caller"), credential, input);
      return c.json(opened(c, entered), entered.isNew ? 201 : 200);
    })
    .post("/accounts/sign-up", async (c) => {
      const { language: named, ...login } = await readJson(c, signUpBody);
      const mailLanguage = deps.hasMail ? mailLanguageOf(c, named) : undefined;
      const input = { ...login, device: deviceOf(c.req.header("user-agent")), mailLanguage };
      return c.json(opened(c, await signUp(deps, c.get("caller"), input)), 201);
    })
    .post("/accounts/sign-in", async (c) => {
      const signedIn = await signIn(deps, c.get("caller"), await readLogin(c));
      await endSession(c);
      return c.json(opened(c, signedIn));
    })
    .post("/accounts/restore", async (c) => {
      const restored = await restoreAccount(deps, c.get("caller"), await readLogin(c));
      deps.forgetSounds();
      await endSession(c);
      return c.json(opened(c, restored));
    })
    .post("/accounts/sign-in-with-token", async (c) => {
      const { token } = await readJson(c, signInWithTokenBody);
      const device = deviceOf(c.req.header("user-agent"));
      const signedIn = await signInWithToken(deps, c.get("caller"), { token, device });
      await endSession(c);
      return c.json(opened(c, signedIn));
    })
    .post("/accounts/sign-out", async (c) => {
      await endSession(c);
      // Another site can make a browser send this request, but the browser then leaves out the cookie (SameSite). The
      // cookie is deleted only if it was sent. Otherwise the other site could sign people out.
      if (sessionCookie.read(c.req.raw.headers) !== undefined) sessionCookie.drop(c);
      return c.body(null, 204);
    })
    .get("/accounts/me", async (c) => c.json(await accountNow(c)))
    .delete("/accounts/me", async (c) => {
      const caller = await callerNow(c);
      const hasBody = c.req.header("content-type") !== undefined;
      const { password, language: named } = hasBody ? await readJson(c, deleteAccountBody) : {};
      const mailLanguage = deps.hasMail ? mailLanguageOf(c, named) : undefined;
      const deleted = await deleteAccount(deps, caller, { password, mailLanguage });
      if (sessionCookie.read(c.req.raw.headers) !== undefined) sessionCookie.drop(c);
      // The status is 202, because jobs remove the data from the stores later.
      return c.json(deleted, 202);
    })
    .get("/accounts/session", async (c) => {
      const account = await accountNow(c).catch((err: unknown) => {
        if (isAppError(err, "UNAUTHENTICATED")) return null;
        throw err;
      });
      return c.json({ account });
    })
    .post("/tokens", async (c) => {
      const caller = requireBusiness(c, "tokens");
      return c.json(await createUserToken(deps, caller, await readJson(c, tokenBody)));
    })
    .post("/sign-in-tokens", async (c) => {
      const caller = requireBusiness(c, "tokens");
      const { userId: signedIn } = await readJson(c, signInTokenBody);
      return c.json(await createSignInToken(deps, caller, signedIn), 201);
    });
}

interface Opened {
  readonly session: { readonly cookie: string | undefined; readonly expiresAt: string };
  readonly token: UserToken;
}
