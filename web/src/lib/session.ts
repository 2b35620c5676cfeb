// Whose session this browser has. The server says it: what a browser stores may be lost while the cookie is still good.
import { createSignal } from "solid-js";
import { ApiError, send } from "./send.ts";
import type { Account } from "./wire.ts";

/** Null: nobody. Undefined: not known yet. */
const [account, setAccount] = createSignal<Account | null>();
let asking: Promise<void> | undefined;
let opening: Promise<void> | undefined;

export type Entrance = "sign-up" | "sign-in";

/** True where the server said so. */
export const hasSession = (): boolean => Boolean(account());

/** The e-mail of who is signed in; null for a guest and for nobody. */
export const accountEmail = (): string | null => account()?.email ?? null;

/** Asks the server whose session it is, once; asked again where it could not be reached. */
export function knowSession(): Promise<void> {
  asking ??= askSession().catch((err: unknown) => {
    asking = undefined;
    throw err;
  });
  return asking;
}

async function askSession(): Promise<void> {
  const found = await send<{ account: Account | null }>("GET", "/v1/accounts/session");
  // The session of another business opens nothing here.
  setAccount(found.account?.business === business() ? found.account : null);
}

const business = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="rondo-business"]')?.content ?? "demo";

/** Begins as a guest where there is no session; several callers share one request. A good session is never replaced. */
export async function ensureSession(): Promise<void> {
  // Where this fails, the server still answers the session it is shown, and makes nobody new.
  await knowSession().catch(() => undefined);
  if (hasSession()) return;
  opening ??= openSession("guest").finally(() => {
    opening = undefined;
  });
  await opening;
}

/** What this browser's guest made stays, or comes along. */
export const enterAccount = (how: Entrance, login: { email: string; password: string }): Promise<void> =>
  openSession(how, login);

async function openSession(how: "guest" | Entrance, login: { email?: string } = {}): Promise<void> {
  await send("POST", `/v1/accounts/${how}`, { business: business(), ...login });
  // A guest is a new one only where the server said before that there is nobody.
  if (how === "guest" && asking === undefined) return knowSession();
  setAccount({ business: business(), email: login.email ?? null });
}

export async function leaveAccount(): Promise<void> {
  await send("POST", "/v1/accounts/sign-out");
  setAccount(null);
}

/** For good, with everything in it. */
export async function deleteAccount(password: string): Promise<void> {
  await send("DELETE", "/v1/accounts/me", { password });
  setAccount(null);
}

/** The server is asked again at the next need. */
export function forgetSession(): void {
  asking = undefined;
  setAccount();
}

/** Runs a call with a session. A guest's that the server has forgotten is replaced once; a member is told and never becomes a guest unasked. */
export async function withSession<T>(call: () => Promise<T>): Promise<T> {
  await ensureSession();
  try {
    return await call();
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 401) throw err;
    const wasMember = accountEmail() !== null;
    forgetSession();
    if (wasMember)
      throw new ApiError("You have been signed out.", 401, err.code, "Sign in to go on with your pieces.");
    await ensureSession();
    return call();
  }
}
