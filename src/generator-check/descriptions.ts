// Sends GET /health and GET /capabilities to the generator that is being checked, and checks the
// answers.
import type { FarSide } from "./far-side.ts";
import { expectThat, Mismatch, shown } from "./mismatch.ts";
import { parsed } from "./started.ts";
import { type Capabilities, deliveries, type Health } from "./wire.ts";

type Facts = Readonly<Record<string, unknown>>;

/**
 * Throws Mismatch if the status is not 200, or if a required field is missing or wrong
 * (docs/generators.md). Optional fields are not checked. Error: UNAVAILABLE (see `FarSide.call`).
 */
export async function readHealth(far: FarSide): Promise<Health> {
  const facts = await readFacts(far, "/health");
  const isStatus = ["ready", "starting", "busy"].includes(String(facts.status));
  expectThat(isStatus, "status: ready, starting or busy", `status: ${shown(facts.status)}`);
  for (const name of ["slots", "free", "queued"]) {
    const value = facts[name];
    const isCount = Number.isInteger(value) && Number(value) >= 0;
    expectThat(isCount, `${name}: a whole number, 0 or more`, `${name}: ${shown(value)}`);
  }
  expectNumber(facts, "etaSeconds");
  return facts as unknown as Health;
}

/** Checks the answer in the same way as `readHealth`, and throws the same errors. */
export async function readCapabilities(far: FarSide): Promise<Capabilities> {
  const facts = await readFacts(far, "/capabilities");
  for (const name of ["name", "licence"]) {
    const value = facts[name];
    const isText = typeof value === "string" && value.trim() !== "";
    expectThat(isText, `${name}: a text`, `${name}: ${shown(value)}`);
  }
  for (const name of ["deterministic", "versions", "extend"])
    expectThat(typeof facts[name] === "boolean", `${name}: true or false`, `${name}: ${shown(facts[name])}`);
  expectNumber(facts, "secondsMin");
  expectNumber(facts, "secondsMax");
  expectTexts(facts, "contentTypes");
  expectTexts(facts, "delivery");
  const unknown = (facts.delivery as string[]).find((one) => !deliveries.some((known) => known === one));
  expectThat(unknown === undefined, `delivery: some of ${deliveries.join(", ")}`, shown(unknown));
  return facts as unknown as Capabilities;
}

async function readFacts(far: FarSide, path: string): Promise<Facts> {
  const answer = await far.call("GET", path);
  const text = await answer.text();
  expectThat(answer.status === 200, `200 from GET ${path}`, `${answer.status} ${shown(text)}`);
  const facts = parsed(text);
  if (facts === undefined)
    throw new Mismatch(`a JSON object from GET ${path}`, shown(text) || "an empty body");
  return facts;
}

function expectNumber(facts: Facts, name: string): void {
  const value = facts[name];
  const isNumber = typeof value === "number" && Number.isFinite(value) && value >= 0;
  expectThat(isNumber, `${name}: a number, 0 or more`, `${name}: ${shown(value)}`);
}

function expectTexts(facts: Facts, name: string): void {
  const value = facts[name];
  const isList = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
  expectThat(isList, `${name}: a list of texts`, `${name}: ${shown(value)}`);
}
