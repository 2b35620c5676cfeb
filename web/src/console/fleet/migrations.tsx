// Counts the databases of the businesses by the state of their schema, and lists at most SHOWN_MAX databases.
import { hrefOf } from "../address.ts";
import { call } from "../client.ts";
import { Facts } from "../parts/facts.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { RunMigrations } from "./run-migrations.tsx";
import { Table } from "../parts/table.tsx";
import { number, time } from "../parts/words.ts";
import { t } from "../../i18n/translate.ts";
import { said } from "../parts/said.ts";

interface Schema {
  readonly businessId: string;
  readonly slug: string;
  readonly engine: string;
  readonly state: string;
  readonly newest: string | null;
  readonly migratedAt: string | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
}

const SHOWN_MAX = 200;
const states = ["current", "behind", "running", "failed", "ahead", "unknown"] as const;

export function Migrations() {
  const list = createReading(
    () => call<{ newest: string; items: readonly Schema[] }>("GET", "/v1/migrations"),
    { everyMs: 5_000 },
  );
  const count = (items: readonly Schema[], state: string) =>
    items.filter((one) => one.state === state).length;
  /** The databases that need attention come first. */
  const sorted = (items: readonly Schema[]) =>
    items.toSorted((one, other) => rank(other) - rank(one)).slice(0, SHOWN_MAX);
  return (
    <>
      <h3>{t("Migrations")}</h3>
      <Loaded of={list}>
        {(found) => (
          <>
            <p class="empty">
              {said(
                t(
                  "The newest migration of this version is {newest}. A database that is behind is migrated at its next use, or by {command}.",
                ),
                {
                  newest: () => <code>{found().newest}</code>,
                  command: () => <code>bun rondo migrate</code>,
                },
              )}
            </p>
            <RunMigrations onEnd={() => void list.again()} />
            <Facts
              of={states
                .map((state) => ({ state, many: count(found().items, state) }))
                .filter(({ state, many }) => many > 0 || state === "current")
                .map(({ state, many }) => ({
                  name: stateWords()[state],
                  value: number(many),
                  isBad: state === "failed" || state === "ahead",
                }))}
            />
            <Table
              caption={t("Schemas")}
              rows={sorted(found().items)}
              empty={t("There are no businesses.")}
              columns={[
                {
                  head: t("Business"),
                  cell: ({ slug }) => (
                    <a class="name" href={hrefOf("businesses", slug)}>
                      {slug}
                    </a>
                  ),
                },
                { head: t("State"), cell: ({ state }) => <span data-state={state}>{stateOf(state)}</span> },
                { head: t("Database"), cell: ({ engine }) => engine },
                {
                  head: t("Newest migration"),
                  cell: ({ newest }) => (newest === null ? "" : <code>{newest}</code>),
                },
                { head: t("Migrated"), cell: ({ migratedAt }) => time(migratedAt) },
                {
                  head: t("Fault"),
                  cell: ({ fault }) => (fault === null ? "" : `${fault.code}: ${fault.message}`),
                },
              ]}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

const stateWords = () => ({
  current: t("up to date"),
  behind: t("behind"),
  running: t("running"),
  failed: t("failed"),
  ahead: t("ahead of this version"),
  unknown: t("unknown"),
});
const stateOf = (state: string): string => (stateWords() as Readonly<Record<string, string>>)[state] ?? state;

const rank = ({ state }: Schema): number =>
  ["current", "unknown", "behind", "running", "ahead", "failed"].indexOf(state);
