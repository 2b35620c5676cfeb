// /v1/accounts: a guest at once, signing up, in and out, and who am I. /v1/tokens: what a business's servers mint for its users.
import { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { createGuest } from "../../accounts/guests.ts";
import { emailSchema, passwordSchema } from "../../accounts/passwords.ts";
import { sessionLifetimeSeconds } from "../../accounts/sessions.ts";
import { signIn, type SignInDeps } from "../../accounts/sign-in.ts";
import { signOut } from "../../accounts/sign-out.ts";
import { type SignedIn, signUp } from "../../accounts/sign-up.ts";
import { createUserToken, readAccount } from "../../accounts/users.ts";
import { sessionCookie } from "../middleware/authenticate.ts";
import { type HttpContext, type HttpEnv, readJson, requireBusiness, requireUser } from "../wire.ts";

const business = z.string().min(1).max(40);
export const guestBody = z.strictObject({ business });
export const signUpBody = z.strictObject({ business, email: emailSchema, password: passwordSchema });
/** Not held to what a new password has to be: what is wrong is told alike. */
export const signInBody = z.strictObject({
  business,
  email: z.string().max(300),
  password: z.string().max(1000),
});

/** A business's own name for its user. */
const userId = z.string().regex(/^[\w.:@+-]{1,128}$/, "1 to 128 of letters, digits and _ . : @ + -");
export const tokenBody = z.strictObject({
  userId,
  expiresInSeconds: z.int().min(60).max(86_400).default(3600),
});

export function accountRoutes(deps: SignInDeps) {
  return new Hono<HttpEnv>()
    .post("/accounts/guest", async (c) =>
      c.json(opened(c, await createGuest(deps, await readJson(c, guestBody))), 201),
    )
    .post("/accounts/sign-up", async (c) =>
      c.json(opened(c, await signUp(deps, c.get("caller"), await readJson(c, signUpBody))), 201),
    )
    .post("/accounts/sign-in", async (c) => {
      const before = getCookie(c, sessionCookie);
      const signedIn = await signIn(deps, c.get("caller"), await readJson(c, signInBody));
      if (before !== undefined) await signOut(deps, before);
      return c.json(opened(c, signedIn));
    })
    .post("/accounts/sign-out", async (c) => {
      const cookie = getCookie(c, sessionCookie);
      // Who brings no cookie is told to drop none: another site could make a browser ask.
      if (cookie !== undefined) {
        await signOut(deps, cookie);
        deleteCookie(c, sessionCookie, cookieFor(c));
      }
      return c.body(null, 204);
    })
    .get("/accounts/me", async (c) => c.json(await readAccount(deps, requireUser(c))))
    .post("/tokens", async (c) => {
      const caller = requireBusiness(c);
      return c.json(await createUserToken(deps, caller, await readJson(c, tokenBody)));
    });
}

/** The browser gets the session, whoever has no cookies the token. */
function opened(c: HttpContext, { session, token }: SignedIn) {
  setCookie(c, sessionCookie, session.cookie, { ...cookieFor(c), maxAge: sessionLifetimeSeconds });
  return { ...token, sessionExpiresAt: session.expiresAt };
}

const cookieFor = (c: HttpContext) =>
  ({
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: new URL(c.req.url).protocol === "https:" || c.req.header("x-forwarded-proto") === "https",
  }) as const;
