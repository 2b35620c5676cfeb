// Serves /v1/accounts/me: the password, the e-mail, the sessions and the data of the caller.
import { Hono } from "hono";
import { z } from "zod";
import { sessionIdOf } from "../../../accounts/authenticate.ts";
import { changePassword, type ChangePasswordDeps } from "../../../accounts/passwords/change-password.ts";
import { endOtherSessions, endSession, listSessions } from "../../../accounts/sessions/list-sessions.ts";
import { exportUser } from "../../../accounts/manage/export-user.ts";
import { emailSchema, passwordSchema } from "../../../accounts/passwords/passwords.ts";
import { changeEmail, type ChangeEmailDeps, requestVerification } from "../../../accounts/verify-email.ts";
import { readAccount } from "../../../accounts/users.ts";
import type { SessionCookie } from "../../credentials/session-cookie.ts";
import type { ProjectArchiveDeps } from "../../../library/files/project-archive.ts";
import { readAccountArchive } from "../../../library/files/account-archive.ts";
import type { LiveUsage } from "../../../usage/live-usage.ts";
import { countServed } from "../../answers/count-served.ts";
import { answerFile, type AnswerFileDeps } from "../../answers/file-answer.ts";
import { readSearch } from "../../requests/read-search.ts";
import { type HttpContext, type HttpEnv, readJson, requireUser } from "../../wire.ts";
import { mailLanguageOf } from "./mail-language.ts";
import { language } from "./recovery.ts";

/** The current password is not checked against the rules for new passwords. */
const password = z.string().max(1000);
export const changePasswordBody = z.strictObject({ password, newPassword: passwordSchema, language });
export const changeEmailBody = z.strictObject({ email: emailSchema, password, language });
/** The parameters of the archive's URL. */
const archiveSearch = z.object({ language });
export const verificationBody = z.strictObject({ language });

export interface OwnAccountDeps
  extends ChangePasswordDeps, ChangeEmailDeps, ProjectArchiveDeps, AnswerFileDeps {
  readonly sessionCookie: SessionCookie;
  readonly accountGraceDays: number;
  readonly usage: Pick<LiveUsage, "countServed" | "refuseServing">;
}

export function ownAccountRoutes(deps: OwnAccountDeps) {
  const currentId = (c: HttpContext) => sessionIdOf(deps.sessionCookie.credentialOf(c.req.raw.headers));
  return new Hono<HttpEnv>()
    .post("/password", async (c) => {
      const caller = requireUser(c);
      const body = await readJson(c, changePasswordBody);
      await changePassword(deps, caller, {
        ...{ ...body, sessionId: currentId(c) },
        language: mailLanguageOf(c, body.language),
      });
      return c.body(null, 204);
    })
    .post("/email", async (c) => {
      const caller = requireUser(c);
      const body = await readJson(c, changeEmailBody);
      await changeEmail(deps, caller, { ...body, language: mailLanguageOf(c, body.language) });
      return c.json(await readAccount(deps, caller));
    })
    .post("/verification", async (c) => {
      const caller = requireUser(c);
      const body = await readJson(c, verificationBody);
      await requestVerification(deps, caller, mailLanguageOf(c, body.language));
      return c.body(null, 202);
    })
    .get("/export", async (c) => {
      const { businessId, userId } = requireUser(c);
      return c.json(await exportUser(deps, businessId, userId), 200, {
        "content-disposition": 'attachment; filename="my-data.json"',
      });
    })
    .get("/archive", async (c) => {
      const caller = requireUser(c);
      deps.usage.refuseServing(caller.businessId, caller.userId);
      const etag = c.req.header("if-range") ?? c.req.header("if-none-match");
      const isResumed = c.req.header("range") !== undefined;
      const named = readSearch(c, archiveSearch).language;
      const archive = await readAccountArchive(deps, caller, {
        ...{ etag, isResumed },
        language: mailLanguageOf(c, named),
      });
      return countServed(deps.usage, c.req.raw, caller, await answerFile(deps, c, archive));
    })
    .get("/sessions", async (c) => c.json({ items: await listSessions(deps, requireUser(c), currentId(c)) }))
    .delete("/sessions", async (c) => {
      await endOtherSessions(deps, requireUser(c), currentId(c));
      return c.body(null, 204);
    })
    .delete("/sessions/:sessionId", async (c) => {
      await endSession(deps, requireUser(c), c.req.param("sessionId"));
      return c.body(null, 204);
    });
}
