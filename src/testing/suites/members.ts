// Defines the tests of members for any database engine. The tests check what is stored, what is refused, and that a
// refused sign-in does not reveal whether the e-mail has an account.
import { describe, expect, test } from "bun:test";
import { createAuthenticator } from "../../accounts/authenticate.ts";
import type { UserCaller } from "../../accounts/caller.ts";
import { createGuest } from "../../accounts/sign-in/guests.ts";
import { signIn } from "../../accounts/sign-in/sign-in.ts";
import { signOut } from "../../accounts/sign-in/sign-out.ts";
import { type SignedIn, signUp } from "../../accounts/sign-in/sign-up.ts";
import { readAccount } from "../../accounts/users.ts";
import { setBusinessState } from "../../businesses/lifecycle/set-business-state.ts";
import { readVersion } from "../../library/versions/read-version.ts";
import { AppError } from "../../errors.ts";
import { createMemoryRateLimiter } from "../../ports/rate-limiter/memory/limiter.ts";
import { codeOf, createStudio } from "../studio.ts";
import { createQuickPasswords } from "../test-api-deps.ts";

const password = "correct horse battery staple";

export async function createMemberHouse(environment: Record<string, string> = {}) {
  const studio = await createStudio(environment);
  const quick = createQuickPasswords();
  let verified = 0;
  const passwords = {
    ...quick,
    verify(given: string, hash: string) {
      verified += 1;
      return quick.verify(given, hash);
    },
  };
  const limiter = createMemoryRateLimiter();
  const deps = { ...studio.deps, passwords, limiter, signInLimit: { quota: 5, windowSeconds: 3600 } };
  const business = studio.business.slug;
  const callerOf = ({ token }: Pick<SignedIn, "token">): UserCaller => ({
    kind: "user",
    businessId: studio.business.id,
    userId: token.userId,
  });
  return {
    studio,
    deps,
    business,
    callerOf,
    verified: () => verified,
    guest: async () => createGuest(deps, { business }),
    /**
     * Returns the caller to whom a session's cookie belongs; undefined if the session has ended.
     * Each call uses a new authenticator, so that no cached session is found.
     */
    who: ({ session }: Pick<SignedIn, "session">) =>
      createAuthenticator({ ...deps, operatorKey: studio.stores.deps.operatorKey })({
        authorization: undefined,
        session: session.cookie,
      }),
    [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose](),
  };
}

/** `open` creates the stores and a business for one test. */
export function describeMembers(engine: string, open: typeof createMemberHouse): void {
  describe(`members on ${engine}`, () => {
    test("a guest who signs up stays the same user, but gets a new session", async () => {
      await using house = await open();
      const { deps, business } = house;
      const guest = await house.guest();
      const made = await house.studio.make({}, house.callerOf(guest));
      const input = { business, email: " Ada@Example.com ", password };
      const member = await signUp(deps, house.callerOf(guest), input);
      expect(member.token.userId).toBe(guest.token.userId);
      expect(await house.who(guest)).toBeUndefined();
      expect(await house.who(member)).toEqual(house.callerOf(guest));
      expect(await readVersion(deps, house.callerOf(member), made.versionId)).toMatchObject({ number: 1 });
      expect(await readAccount(deps, house.callerOf(member))).toMatchObject({
        kind: "member",
        email: "Ada@Example.com",
      });
      const again = await signIn(deps, undefined, { business, email: "ada@example.COM", password });
      expect(again.token.userId).toBe(guest.token.userId);
      expect(await codeOf(signUp(deps, house.callerOf(member), { ...input, email: "b@example.com" }))).toBe(
        "CONFLICT",
      );
    });

    test("in one business, all spellings of an e-mail address belong to one account", async () => {
      await using house = await open();
      const { deps, business, studio } = house;
      await signUp(deps, undefined, { business, email: "ada@example.com", password });
      for (const email of ["ada@example.com", "ADA@example.com", "ａda@example.com"]) {
        const guest = await house.guest();
        expect(await codeOf(signUp(deps, house.callerOf(guest), { business, email, password }))).toBe(
          "CONFLICT",
        );
        // The guest is unchanged.
        expect(await readAccount(deps, house.callerOf(guest))).toMatchObject({ kind: "guest" });
        expect(await house.who(guest)).toBeDefined();
      }
      const other = (await studio.deps.registry.findById(studio.otherAlice.businessId))!.slug;
      const elsewhere = await signUp(deps, undefined, {
        business: other,
        email: "ada@example.com",
        password: "another one",
      });
      expect(
        await codeOf(signIn(deps, undefined, { business: other, email: "ada@example.com", password })),
      ).toBe("UNAUTHENTICATED");
      expect(
        await codeOf(
          signIn(deps, undefined, { business, email: "ada@example.com", password: "another one" }),
        ),
      ).toBe("UNAUTHENTICATED");
      expect(await house.who(elsewhere)).toMatchObject({ businessId: studio.otherAlice.businessId });
    });

    test("of four concurrent sign-ups with one e-mail, only one succeeds", async () => {
      await using house = await open();
      const { deps, business } = house;
      const outcomes = await Promise.all(
        Array.from({ length: 4 }, () =>
          codeOf(signUp(deps, undefined, { business, email: "ada@example.com", password })),
        ),
      );
      expect(outcomes.toSorted()).toEqual(["CONFLICT", "CONFLICT", "CONFLICT", "no error"]);
    });

    test("when a guest signs in to an account, the guest's music moves to the account", async () => {
      await using house = await open();
      const { deps, business, studio } = house;
      const member = await signUp(deps, undefined, { business, email: "ada@example.com", password });
      const kept = await studio.make({}, house.callerOf(member));
      const guest = await house.guest();
      const made = await studio.make({ idempotencyKey: "mine" }, house.callerOf(guest));
      const theirs = await studio.make({}, studio.bob);
      const back = await signIn(deps, house.callerOf(guest), {
        business,
        email: "ada@example.com",
        password,
      });
      const caller = house.callerOf(back);
      expect(caller).toEqual(house.callerOf(member));
      for (const { versionId } of [kept, made])
        expect(await readVersion(deps, caller, versionId)).toMatchObject({ number: 1 });
      expect(await codeOf(readVersion(deps, house.callerOf(guest), made.versionId))).toBe("NOT_FOUND");
      expect(await codeOf(readVersion(deps, caller, theirs.versionId))).toBe("NOT_FOUND");
      expect(await house.who(guest)).toBeUndefined();
      // The earlier session of the account stays valid.
      expect(await house.who(member)).toEqual(caller);
    });

    test("a sign-in moves no music of a user who is not a guest of the business", async () => {
      await using house = await open();
      const { deps, business, studio } = house;
      const email = "ada@example.com";
      const member = await signUp(deps, undefined, { business, email, password });
      const second = await signUp(deps, undefined, { business, email: "bea@example.com", password });
      const owners = [house.callerOf(second), studio.alice, studio.otherAlice];
      const pieces = await Promise.all(owners.map((owner) => studio.make({}, owner)));
      for (const owner of owners) await signIn(deps, owner, { business, email, password });
      for (const [i, { versionId }] of pieces.entries()) {
        expect(await codeOf(readVersion(deps, house.callerOf(member), versionId))).toBe("NOT_FOUND");
        expect(await readVersion(deps, owners[i]!, versionId)).toMatchObject({ number: 1 });
      }
      expect(await house.who(second)).toBeDefined();
      expect(await codeOf(signUp(deps, studio.alice, { business, email: "c@example.com", password }))).toBe(
        "CONFLICT",
      );
    });

    test("an unknown e-mail gets the same response as a wrong password, after the same work", async () => {
      await using house = await open();
      const { deps, business } = house;
      await signUp(deps, undefined, { business, email: "ada@example.com", password });
      const refusal = async (email: string, given: string) => {
        const before = house.verified();
        const err: unknown = await signIn(deps, undefined, { business, email, password: given }).catch(
          (thrown: unknown) => thrown,
        );
        const { code, publicMessage, hint } = err as { code: string; publicMessage: string; hint: string };
        return { code, publicMessage, hint, verified: house.verified() - before };
      };
      const wrong = await refusal("ada@example.com", "incorrect horse");
      expect(wrong).toMatchObject({ code: "UNAUTHENTICATED", verified: 1 });
      expect(await refusal("nobody@example.com", password)).toEqual(wrong);
    });

    test("after an overload of the password checks, an unknown e-mail gets the usual response again", async () => {
      await using house = await open();
      let isOverloaded = true;
      const passwords = {
        ...house.deps.passwords,
        hash: (password: string) =>
          isOverloaded
            ? Promise.reject(new AppError("UNAVAILABLE", "Too many passwords are being checked."))
            : house.deps.passwords.hash(password),
      };
      const input = { business: house.business, email: "nobody@example.com", password };
      const enter = () => codeOf(signIn({ ...house.deps, passwords }, undefined, input));
      expect(await enter()).toBe("UNAVAILABLE");
      isOverloaded = false;
      expect(await enter()).toBe("UNAUTHENTICATED");
    });

    test("after too many wrong passwords in succession, the right password is refused for a while", async () => {
      await using house = await open();
      const { deps, business } = house;
      const email = "ada@example.com";
      await signUp(deps, undefined, { business, email, password });
      const wrong = (written = email) =>
        codeOf(signIn(deps, undefined, { business, email: written, password: "not this one" }));
      for (let i = 0; i < 4; i++) expect(await wrong()).toBe("UNAUTHENTICATED");
      await signIn(deps, undefined, { business, email, password });
      const at = Array.from({ length: 6 }, (_, i) => wrong(i % 2 === 0 ? email : "ADA@example.com"));
      expect((await Promise.all(at)).filter((code) => code === "TOO_MANY_REQUESTS")).toHaveLength(1);
      const refused = await signIn(deps, undefined, { business, email, password }).catch(
        (err: unknown) => err,
      );
      expect(refused).toMatchObject({ code: "TOO_MANY_REQUESTS", retryAfterSeconds: expect.any(Number) });
    });

    test("a sign-out ends only the session of the given cookie", async () => {
      await using house = await open();
      const { deps, business } = house;
      const one = await signUp(deps, undefined, { business, email: "ada@example.com", password });
      const two = await signIn(deps, undefined, { business, email: "ada@example.com", password });
      await signOut(deps, one.session.cookie);
      await signOut(deps, one.session.cookie);
      for (const nothing of ["", "x", `${business}.nothing`, "nobody.nothing"]) await signOut(deps, nothing);
      expect(await house.who(one)).toBeUndefined();
      expect(await house.who(two)).toEqual(house.callerOf(one));
    });

    test("a sign-out while the business is suspended ends the session for good", async () => {
      await using house = await open();
      const { deps, business, studio } = house;
      const one = await signUp(deps, undefined, { business, email: "ada@example.com", password });
      const two = await signIn(deps, undefined, { business, email: "ada@example.com", password });
      await setBusinessState(studio.stores.deps, "the test", { slug: business, state: "suspended" });
      await signOut(deps, one.session.cookie);
      await setBusinessState(studio.stores.deps, "the test", { slug: business, state: "active" });
      expect(await house.who(one)).toBeUndefined();
      expect(await house.who(two)).toEqual(house.callerOf(two));
    });

    test("signing out ends the session even if this process still takes the business for suspended", async () => {
      await using house = await open();
      const { deps, business } = house;
      const one = await signUp(deps, undefined, { business, email: "ada@example.com", password });
      const outdated = { ...deps.registry, findBySlug: async () => undefined };
      await signOut({ ...deps, registry: outdated }, one.session.cookie);
      expect(await house.who(one)).toBeUndefined();
    });

    test("the tables logins and sessions contain neither passwords nor secrets of sessions", async () => {
      await using house = await open();
      const { deps, business, studio } = house;
      const { session } = await signUp(deps, undefined, { business, email: "ada@example.com", password });
      const stored = await deps.databases.use(studio.business.id, async (database) => [
        ...(await database.run("select * from logins", [])).rows,
        ...(await database.run("select * from sessions", [])).rows,
      ]);
      expect(stored.length).toBeGreaterThanOrEqual(2);
      expect(JSON.stringify(stored)).toContain("$argon2id$");
      expect(JSON.stringify(stored)).not.toContain(password);
      expect(JSON.stringify(stored)).not.toContain(session.cookie.split(".")[1]!);
    });
  });
}
