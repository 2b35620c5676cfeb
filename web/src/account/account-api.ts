// Provides the requests of the account's views.
import { locale } from "../i18n/translate.ts";
import { at } from "../address/at.ts";
import { business } from "../shell/business.ts";
import { forgetSession, inSession, knowSession, leave } from "../api/session.ts";
import { ApiError, send } from "../api/send.ts";

export interface OwnAccount {
  kind: "guest" | "member" | "external";
  email: string | null;
  isEmailVerified: boolean;
  newEmail: string | null;
  /** The days for which the account can be restored after its deletion. */
  graceDays: number;
}

export interface OpenSession {
  id: string;
  device: string | null;
  lastUsedAt: string;
  isCurrent: boolean;
}

export interface Quota {
  metric: "generations" | "seconds" | "storedBytes" | "servedBytes" | "queries";
  per: "day" | "month";
  limit: number;
  used: number;
  resetsAt: string;
}

/** The address of the download with the data that is stored about this person. */
export const EXPORT_URL = at("/v1/accounts/me/export");
/** The address of a ZIP with the same data, all music of this person, and a README in the language of the page. */
export const archiveUrl = (): string => at(`/v1/accounts/me/archive?language=${language().language}`);
const ME = "/v1/accounts/me";

/** The language of the page, as a field of a request. The server writes its mails in this language. */
const language = () => ({ language: locale().slice(0, 2) });

export const readAccount = (): Promise<OwnAccount> => inSession(() => send("GET", ME));
export const changePassword = (given: { password: string; newPassword: string }): Promise<void> =>
  inPassword(() => send("POST", `${ME}/password`, { ...given, ...language() }));
export const changeEmail = (given: { email: string; password: string }): Promise<OwnAccount> =>
  inPassword(() => send("POST", `${ME}/email`, { ...given, ...language() }));
export const askVerification = (): Promise<void> =>
  inSession(() => send("POST", `${ME}/verification`, language()));

export const listSessions = async (): Promise<OpenSession[]> =>
  (await inSession(() => send<{ items: OpenSession[] }>("GET", `${ME}/sessions`))).items;
export const endSession = (id: string): Promise<void> =>
  inSession(() => send("DELETE", `${ME}/sessions/${id}`));
export const endOtherSessions = (): Promise<void> => inSession(() => send("DELETE", `${ME}/sessions`));

export const readQuotas = async (): Promise<Quota[]> =>
  (await inSession(() => send<{ quotas: Quota[] }>("GET", "/v1/limits"))).quotas;

/** "operator" means that the server can't send mails, so the member has to ask the operator for a link. */
export const forgotPassword = async (email: string): Promise<"mail" | "operator"> => {
  const body = { business: business.slug, email, ...language() };
  return (await send<{ by: "mail" | "operator" }>("POST", "/v1/accounts/forgot-password", body)).by;
};

/** Sets the password. All sessions of the member end, including the session of this browser. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await send("POST", "/v1/accounts/reset-password", { token, password, ...language() });
  forgetSession();
  await knowSession().catch(() => undefined);
}

export const verifyEmail = async (token: string): Promise<string> =>
  (await send<{ email: string }>("POST", "/v1/accounts/verify-email", { token })).email;

/**
 * Deletes the account with all of its content. For a guest, pass undefined as `password`. Returns the time of the
 * erasure; undefined if the account is erased already.
 */
export async function deleteAccount(password: string | undefined): Promise<string | undefined> {
  const body = { ...(password === undefined ? {} : { password }), ...language() };
  const { deleteAfter } = await inPassword(() => send<{ deleteAfter?: string }>("DELETE", ME, body));
  leave();
  return deleteAfter;
}

/**
 * A wrong password and an ended session are both answered with status 401. To tell these two cases apart, this function
 * asks the server for the current session. If the session still has an account, the password was wrong.
 */
async function inPassword<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401) throw err;
    const { account } = await send<{ account: object | null }>("GET", "/v1/accounts/session");
    if (account) throw err;
    return inSession(() => Promise.reject(err));
  }
}
