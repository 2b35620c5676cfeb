// /v1/accounts: a guest at once, and who am I. /v1/tokens: what a business's servers mint for its users.
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { z } from "zod";
import { createGuest } from "../../accounts/guests.ts";
import { sessionLifetimeSeconds } from "../../accounts/sessions.ts";
import { createUserToken, readAccount, type UsersDeps } from "../../accounts/users.ts";
import { sessionCookie } from "../middleware/authenticate.ts";
import { type HttpEnv, readJson, requireBusiness, requireUser } from "../wire.ts";

export const guestBody = z.strictObject({ business: z.string().min(1).max(40) });

/** A business's own name for its user. */
const userId = z.string().regex(/^[\w.:@+-]{1,128}$/, "1 to 128 of letters, digits and _ . : @ + -");
export const tokenBody = z.strictObject({
  userId,
  expiresInSeconds: z.int().min(60).max(86_400).default(3600),
});

export function accountRoutes(deps: UsersDeps) {
  return new Hono<HttpEnv>()
    .post("/accounts/guest", async (c) => {
      const { session, token } = await createGuest(deps, await readJson(c, guestBody));
      setCookie(c, sessionCookie, session.cookie, {
        path: "/",
        httpOnly: true,
        sameSite: "Lax",
        secure: new URL(c.req.url).protocol === "https:" || c.req.header("x-forwarded-proto") === "https",
        maxAge: sessionLifetimeSeconds,
      });
      return c.json(token, 201);
    })
    .get("/accounts/me", async (c) => c.json(await readAccount(deps, requireUser(c))))
    .post("/tokens", async (c) => {
      const caller = requireBusiness(c);
      return c.json(await createUserToken(deps, caller, await readJson(c, tokenBody)));
    });
}
