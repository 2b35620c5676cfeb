// Manages the session of this browser. Only the server knows whether there is a session, because a browser can lose its
// storage but keep its cookie.
import { t } from "../i18n/translate.ts";
import { createSignal } from "solid-js";
import { noticeError } from "../shell/notices.ts";
import { ApiError, send } from "./send.ts";
import { business } from "../shell/business.ts";
import { stored } from "../storage/stored.ts";
import { KEPT_LIST, KEPT_SOUND } from "../storage/kept.ts";
import type { Account } from "./wire.ts";

/** The account of the session. Null: there is no session. Undefined: the server has not answered yet. */
const [account, setAccount] = createSignal<Account | null>();
/** Whether the session of a signed-in person ended although they did not sign out. */
const [isSignedOut, setSignedOut] = createSignal(false);
export { isSignedOut };
const keptMember = stored("rondo.member");
let asking: Promise<void> | undefined;
let opening: Promise<void> | undefined;

/** `restore` undoes the deletion of an account and signs in. */
export type Entrance = "sign-up" | "sign-in" | "restore";

/** Whether the server has reported a session. */
export const hasSession = (): boolean => Boolean(account());

/** The e-mail of a member. Null without a session, for a guest, and for a user of the business's own sign-in. */
export const accountEmail = (): string | null => account()?.email ?? null;

/** Whether the person is a member, or a user of the business's own sign-in. */
export const isSignedIn = (): boolean => isLasting(account());

const isLasting = (known: Account | null | undefined): boolean => Boolean(known && known.kind !== "guest");

/**
 * Asks the server for the session. Later calls share the answer until `forgetSession`. If the
 * request fails, the promise rejects, and the next call sends the request again.
 */
export function knowSession(): Promise<void> {
  asking ??= askSession().catch((err: unknown) => {
    asking = undefined;
    throw err;
  });
  return asking;
}

async function askSession(): Promise<void> {
  const found = await send<{ account: Account | null }>("GET", "/v1/accounts/session");
  // A session of another business is not valid on this page.
  know(found.account?.business === business.slug ? found.account : null);
  if (!hasSession() && keptMember.read() === true) setSignedOut(true);
}

/**
 * Whether there is nothing to load, because this browser has no session. Returns false if the session of a signed-in
 * person has ended: the page then requests the content, and shows an error that asks the person to sign in again.
 */
export async function isVisitor(): Promise<boolean> {
  await knowSession();
  return !hasSession() && !isSignedOut();
}

function know(found: Account | null): void {
  setAccount(found);
  if (!isLasting(found)) return;
  keptMember.write(true);
  setSignedOut(false);
}

/**
 * Forgets the person. Call this function after a sign-out, or when the person continues without the
 * account.
 */
export function leave(): void {
  setAccount(null);
  keptMember.write(false);
  // The stored list and the stored audio of this person are removed from the browser.
  stored(KEPT_LIST).write(null);
  void globalThis.caches?.delete(KEPT_SOUND);
  setSignedOut(false);
}

/**
 * Signs in as a guest if there is no session. Concurrent calls share one request. A valid session
 * of this business is not replaced. Rejects with UNAUTHENTICATED if the session of a signed-in
 * person has ended.
 */
export async function ensureSession(): Promise<void> {
  // If `knowSession` fails, the guest request below is sent nevertheless. This replaces no session: if
  // the browser has the cookie of a session, the server answers with that session.
  await knowSession().catch(() => undefined);
  if (hasSession()) return;
  if (isSignedOut()) throw signedOut("UNAUTHENTICATED");
  opening ??= openSession("guest").finally(() => {
    opening = undefined;
  });
  await opening;
}

/** Signs up, signs in or restores an account. If this browser had a guest, the guest's content moves to the account. */
export const enterAccount = (how: Entrance, login: { email: string; password: string }): Promise<void> =>
  openSession(how, login);

async function openSession(how: "guest" | Entrance, login: { email?: string } = {}): Promise<void> {
  await send("POST", `/v1/accounts/${how}`, { business: business.slug, ...login });
  // The server may have answered the guest request with a session that the browser already had, for example of a
  // member. If the account was not requested before (`asking`), it is not known, and is requested here.
  if (how === "guest" && asking === undefined) return knowSession();
  const kind = how === "guest" ? "guest" : "member";
  know({ business: business.slug, kind, email: login.email ?? null });
}

/**
 * Opens a session for a user of the business's own sign-in. If this browser had a guest, the guest's content moves to
 * the user.
 */
export async function enterWithToken(token: string): Promise<void> {
  await send("POST", "/v1/accounts/sign-in-with-token", { token });
  know({ business: business.slug, kind: "external", email: null });
}

export async function leaveAccount(): Promise<void> {
  await send("POST", "/v1/accounts/sign-out");
  leave();
}

/** Forgets the known session. The next `knowSession` requests the session from the server again. */
export function forgetSession(): void {
  asking = undefined;
  setAccount();
}

/**
 * Runs a call that needs the existing session. If the call fails with the status 401, the session has
 * ended. Then this function forgets the session, and throws an error with the status 401 and a message
 * that the page can show. The call is not repeated.
 */
export async function inSession<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401) throw err;
    const wasMember = isSignedIn() || keptMember.read() === true;
    forgetSession();
    if (!wasMember) throw guestEnded(err.code);
    setSignedOut(true);
    throw signedOut(err.code);
  }
}

const guestEnded = (code: string) =>
  new ApiError(
    t("Your session as a guest has ended."),
    401,
    code,
    t("The pieces of that session can’t be reached any more. New pieces are in a new list."),
  );

const signedOut = (code: string) =>
  new ApiError(t("You have been signed out."), 401, code, t("Sign in to see your pieces."));

/**
 * Runs a call with a session. If the session of a guest has ended, a new guest signs in, and the
 * call is repeated one time. If the session of a signed-in person has ended, throws the error of
 * `inSession`: the person has to sign in again and must not become a guest.
 */
export async function withSession<T>(call: () => Promise<T>): Promise<T> {
  await ensureSession();
  try {
    return await inSession(call);
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401 || isSignedOut()) throw err;
    noticeError(err);
    await ensureSession();
    return call();
  }
}
