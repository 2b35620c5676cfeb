// Tests the console's views of queues and webhooks in Chromium, with the queue in Redis, a real mail server and a real
// receiver of webhooks.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { needsTool } from "../../../src/testing/runners/needs-tool.ts";
import { freePort } from "../../../src/testing/servers/free-port.ts";
import { type MailServer, startMailServer } from "../../../src/testing/servers/mail-server.ts";
import { hasRedis, type RedisServer, startRedisServer } from "../../../src/testing/servers/redis-server.ts";
import { until } from "../../../src/testing/until.ts";
import { startWebhookReceiver } from "../../../src/testing/webhook-receiver.ts";
import { createRondoClient } from "../../../src/testing/whole/processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { barriers } from "./stage/barriers.ts";
import { confirm, openConsole } from "./stage/open-console.ts";
import { buildPage, hasChromium, launchChromium } from "./stage/open-page.ts";
import { TEST_MS_MAX } from "./stage/stage.ts";

const test = needsTool("chromium", "redis-server");

let redis: RedisServer;
let mail: MailServer;
let isRefusing = true;
let app: RondoProcesses;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium || !hasRedis) return;
  await buildPage();
  redis = await startRedisServer();
  mail = await startMailServer({ refuse: () => (isRefusing ? 550 : undefined) });
  const port = freePort();
  const environment = {
    ...{ PORT: String(port), RONDO_PUBLIC_URL: `http://127.0.0.1:${port}` },
    ...{ RONDO_QUEUE_URL: redis.url, RONDO_MAIL_URL: `smtp://127.0.0.1:${mail.port}` },
    RONDO_WEBHOOK_NETWORKS: "127.0.0.0/8",
  };
  [app, browser] = await Promise.all([startRondo(environment), launchChromium()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
  await mail?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
}, 20_000);

async function send(method: string, path: string, body?: object): Promise<{ items?: { id: string }[] }> {
  const res = await fetch(`${app.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${app.operatorKey}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return res.status === 204 ? {} : ((await res.json()) as { items?: { id: string }[] });
}

/** The number of runs of the first test. A failed test is run again, so each run signs up users with new addresses. */
let tries = 0;

async function signUp(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const body = { business: "demo", email: `${name}-${tries}@example.com`, password: "long enough" };
    const headers = { "content-type": "application/json" };
    const res = await fetch(`${app.url}/v1/accounts/sign-up`, {
      ...{ method: "POST", headers },
      body: JSON.stringify(body),
    });
    expect(res.status).toBe(201);
  }
}

const rows = (page: Page, caption: string) =>
  page.getByRole("table", { name: caption, exact: true }).locator("tbody tr");

test(
  "if the queue is in Redis, the operator can search for, retry and drop failed jobs",
  async () => {
    tries += 1;
    isRefusing = true;
    await send("POST", "jobs/drop", { all: true });
    const before = mail.mails.length;
    const arrived = () => mail.mails.slice(before);
    await signUp("ada", "bea", "cy", "dee");
    await using opened = await openConsole(browser, app.url, app.operatorKey);
    const { page, complaints } = opened;
    await page.getByRole("link", { name: "Queues", exact: true }).click();
    const jobs = rows(page, "Jobs");
    const count = (n: number) =>
      until(`${n} jobs`, async () => (await jobs.count()) === n).catch(async (err: unknown) => {
        throw new Error(`The table shows ${await jobs.allTextContents()}`, { cause: err });
      });
    const search = async (label: string, value: string) => {
      const choice = page.getByRole("combobox", { name: label, exact: true });
      if (await choice.count()) await choice.selectOption(value);
      else await page.getByLabel(label, { exact: true }).fill(value);
      await page.getByRole("button", { name: "Search", exact: true }).click();
    };
    await count(4);
    expect(await barriers(page)).toEqual([]);
    const mails = page.getByRole("row", { name: /^mail / });
    await until("the failed jobs are counted", async () =>
      ((await mails.first().textContent()) ?? "").includes("4"),
    );

    await search("Text in the job or its error", "nothing like this");
    await page.getByText("There are no failed jobs.").waitFor();
    await search("Text in the job or its error", "refused");
    await search("Queue", "mail");
    await search("Business", "demo");
    await count(4);
    await search("Business", "nobody");
    await page.getByText("There is no such business").or(page.locator(".refusal")).first().waitFor();
    await search("Business", "");
    await count(4);

    const newest = jobs.first();
    await newest.locator("summary").click();
    await newest.getByText('"kind"').waitFor();
    for (let reads = 0; reads < 2; reads++)
      await page.waitForResponse((res) => res.url().includes("/v1/jobs?") && res.ok());
    // The details stay open when the page reads the jobs again, because an unchanged job keeps its row.
    expect(await newest.getByText('"kind"').isVisible()).toBe(true);

    isRefusing = false;
    await newest.getByRole("button", { name: "Retry" }).click();
    await until("the mail has arrived", () => arrived().length === 1);
    await count(3);
    await newest.getByRole("button", { name: "Drop" }).click();
    await count(2);
    await page.getByRole("button", { name: "Retry all" }).click();
    await page.getByText("2 jobs retried.").waitFor();
    await until("the other mails have arrived", () => arrived().length === 3);
    // The mail of the dropped job was not sent.
    const sentTo = ["ada", "bea", "dee"].map((name) => `${name}-${tries}@example.com`);
    expect(
      arrived()
        .flatMap(({ to }) => to)
        .toSorted(),
    ).toEqual(sentTo);
    await page.getByText("There are no failed jobs.").waitFor();

    isRefusing = true;
    await signUp("eve", "flo");
    await count(2);
    await page.getByRole("button", { name: "Drop all…" }).click();
    await confirm(page, "drop", "Drop them");
    await page.getByText("2 jobs dropped.").waitFor();
    await page.getByText("There are no failed jobs.").waitFor();
    await search("Text in the job or its error", "");
    await search("State", "completed");
    await until("the mails of the retried jobs are listed", async () => (await jobs.count()) >= 3);
    expect((await jobs.locator("td:nth-child(2)").allTextContents()).every((queue) => queue === "mail")).toBe(
      true,
    );
    expect(await jobs.first().getByRole("button").count()).toBe(0);
    expect(arrived()).toHaveLength(3);
    expect(complaints).toEqual([]);
  },
  2 * TEST_MS_MAX,
);

test(
  "in the console, the operator can manage webhook endpoints and replay deliveries",
  async () => {
    for (const { id } of (await send("GET", "webhooks?business=demo")).items ?? [])
      await send("DELETE", `webhooks/${id}?business=demo`);
    let status = 200;
    await using receiver = startWebhookReceiver(() => new Response("", { status }));
    const latest = async (n: number) => {
      await until(`${n} messages`, () => receiver.received.length >= n);
      return receiver.received[n - 1]!;
    };
    const isSignedWith = (message: Awaited<ReturnType<typeof latest>>, secret: string): boolean => {
      try {
        receiver.verify(message, secret);
        return true;
      } catch {
        return false;
      }
    };
    await using opened = await openConsole(browser, app.url, app.operatorKey);
    const { page, complaints } = opened;
    await page.getByRole("link", { name: "Businesses", exact: true }).click();
    await page.getByRole("link", { name: "demo", exact: true }).click();
    await page.getByRole("link", { name: "Webhooks", exact: true }).click();
    const endpoint = rows(page, "Endpoints").first();
    const click = (name: string) => endpoint.getByRole("button", { name, exact: true }).click();
    const secretOtherThan = async (...known: readonly string[]) => {
      const secret = async () => (await page.locator(".secret").textContent()) ?? "";
      await until("a new secret is shown", async () => !known.includes(await secret()));
      return secret();
    };

    await page.getByLabel("Address").fill(receiver.url);
    await page.getByRole("button", { name: "Add an endpoint" }).click();
    const first = await secretOtherThan("");
    await page.reload();
    await endpoint.waitFor();
    expect(await page.locator(".secret").count()).toBe(0);
    await click("Send a ping");
    const ping = await latest(1);
    expect(ping.body.type).toBe("ping");
    receiver.verify(ping, first);
    await rows(page, "Deliveries").first().getByText("delivered").waitFor();

    await click("Change…");
    await page.getByRole("button", { name: "Make a new secret" }).click();
    const second = await secretOtherThan("", first);
    expect(await barriers(page)).toEqual([]);
    const until24h = new Date(Date.now() + 86_400_000).toLocaleDateString("en", { dateStyle: "medium" });
    await endpoint.getByText(until24h).waitFor();
    await click("Send a ping");
    const overlapping = await latest(2);
    expect([first, second].map((secret) => isSignedWith(overlapping, secret))).toEqual([true, true]);
    await page.getByLabel("Messages are also signed with the former secret").selectOption("no longer");
    await page.getByRole("button", { name: "Make a new secret" }).click();
    const third = await secretOtherThan("", first, second);
    await click("Send a ping");
    const after = await latest(3);
    expect([first, second, third].map((secret) => isSignedWith(after, secret))).toEqual([false, false, true]);

    const events = page.getByLabel("Types of events of this endpoint");
    await events.fill("no.such.event");
    await page.getByRole("button", { name: "Set the events" }).click();
    await page.locator(".refusal", { hasText: /./ }).first().waitFor();
    await events.fill("generation.cancelled");
    await page.getByRole("button", { name: "Set the events" }).click();
    await endpoint.getByRole("cell", { name: "generation.cancelled", exact: true }).waitFor();
    const client = await createRondoClient(app.url);
    const cancelOne = async () => {
      const piece = await client.start({ prompt: "slow piano", durationSeconds: 120 });
      await fetch(piece.links.self, { method: "DELETE", headers: client.headers });
      return piece.requestId;
    };
    const cancelled = await cancelOne();
    const event = await latest(4);
    expect([event.body.type, event.body.data.requestId]).toEqual(["generation.cancelled", cancelled]);
    receiver.verify(event, third);

    await click("Pause");
    await endpoint.getByText("paused", { exact: true }).waitFor();
    await cancelOne();
    await click("Resume");
    await endpoint.getByText("active", { exact: true }).waitFor();
    // A paused endpoint gets no new events, so the next message is about the generation after "Resume".
    const later = await cancelOne();
    expect((await latest(5)).body.data.requestId).toBe(later);

    status = 410;
    await click("Send a ping");
    const refused = await latest(6);
    await endpoint.getByText("gone: it answered 410").waitFor();
    await click("Deliveries");
    await page.getByRole("combobox", { name: "State", exact: true }).selectOption("dead");
    const dead = rows(page, "Deliveries").first();
    await dead.getByText("ping").waitFor();
    await dead.locator("summary").click();
    await dead.getByText("The endpoint wants no more messages (410).").waitFor();
    await dead.getByRole("button", { name: "Replay" }).click();
    await page.getByText("The endpoint of this delivery is gone.").waitFor();
    status = 200;
    await click("Resume");
    await endpoint.getByText("active", { exact: true }).waitFor();
    await dead.getByRole("button", { name: "Replay" }).click();
    const replayed = await latest(7);
    expect([replayed.id, replayed.text]).toEqual([refused.id, refused.text]);
    receiver.verify(replayed, third);
    await page.getByText("No delivery has this state.").waitFor();

    await click("Delete…");
    await confirm(page, receiver.url, "Delete the endpoint");
    await page.getByText("The business has no endpoints.").waitFor();
    await page.getByRole("combobox", { name: "State", exact: true }).selectOption("all");
    await page.getByText("No delivery has this state.").waitFor();
    expect(receiver.received).toHaveLength(7);
    expect(complaints).toEqual([]);
  },
  2 * TEST_MS_MAX,
);
