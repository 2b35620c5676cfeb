// Creates a new, empty Postgres database for one test, and deletes it after the test.
import postgres from "postgres";
import { embeddedOnly } from "../../embedded-only.ts";
import { onCi } from "../../runners/on-ci.ts";

export interface TestPostgres extends AsyncDisposable {
  readonly url: string;
}

const adminUrl = Bun.env.RONDO_TEST_POSTGRES_URL ?? "postgres://root@127.0.0.1:5432/test";

/**
 * Returns whether a server is reachable. On CI, throws if no server is reachable. If the run skips all tests that need
 * a server, returns false without a check.
 */
export async function hasPostgres(): Promise<boolean> {
  if (embeddedOnly) return false;
  const admin = postgres(adminUrl, { max: 1, connect_timeout: 3, onnotice: () => {} });
  try {
    await admin`select 1`;
    return true;
  } catch (err) {
    if (onCi) throw err;
    console.log(
      `No Postgres server is reachable (RONDO_TEST_POSTGRES_URL), so the tests on Postgres are skipped.`,
    );
    return false;
  } finally {
    await admin.end({ timeout: 1 });
  }
}

export async function createTestPostgres(): Promise<TestPostgres> {
  const name = `rondo_test_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  await administer(`create database "${name}"`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => administer(`drop database if exists "${name}" with (force)`),
  };
}

async function administer(command: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    await admin.unsafe(command);
  } finally {
    await admin.end({ timeout: 1 });
  }
}
