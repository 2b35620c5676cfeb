// Serves the routes of /v1/accounts for forgotten passwords, and for the links that are mailed to members. These
// routes need no credential.
import { Hono } from "hono";
import { z } from "zod";
import { passwordSchema } from "../../../accounts/passwords/passwords.ts";
import {
  requestPasswordReset,
  resetPassword,
  type ResetPasswordDeps,
} from "../../../accounts/passwords/reset-password.ts";
import { verifyEmail } from "../../../accounts/verify-email.ts";
import { mailLanguages } from "../../../jobs/mail-job.ts";
import { type HttpEnv, readJson } from "../../wire.ts";
import { mailLanguageOf } from "./mail-language.ts";

export const language = z.enum(mailLanguages).optional();
/** The part of a mailed link after the #. */
const token = z.string().max(200);
/** Only the length of the e-mail is checked, so that a malformed address gets the same response as an unknown one. */
export const forgotPasswordBody = z.strictObject({
  business: z.string().min(1).max(40),
  email: z.string().max(300),
  language,
});
export const resetPasswordBody = z.strictObject({ token, password: passwordSchema, language });
export const verifyEmailBody = z.strictObject({ token });

export function recoveryRoutes(deps: ResetPasswordDeps) {
  return new Hono<HttpEnv>()
    .post("/forgot-password", async (c) => {
      const body = await readJson(c, forgotPasswordBody);
      await requestPasswordReset(deps, { ...body, language: mailLanguageOf(c, body.language) });
      return c.json({ by: deps.hasMail ? "mail" : "operator" }, 202);
    })
    .post("/reset-password", async (c) => {
      const body = await readJson(c, resetPasswordBody);
      await resetPassword(deps, { ...body, language: mailLanguageOf(c, body.language) });
      return c.body(null, 204);
    })
    .post("/verify-email", async (c) =>
      c.json(await verifyEmail(deps, (await readJson(c, verifyEmailBody)).token)),
    );
}
