// Begins a migration of the businesses' databases. Shows the number of databases that are done,
// each failure, and the result.
import { createSignal, For, Show } from "solid-js";
import { readLines } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { plural, t } from "../../i18n/translate.ts";

interface Line {
  readonly event: "business" | "ended";
  readonly slug?: string;
  readonly outcome?: string;
  readonly message?: string;
  readonly migrated?: number;
  readonly current?: number;
  readonly left?: number;
  readonly stopped?: string | null;
}

export function RunMigrations(props: { onEnd(): void }) {
  const [lines, setLines] = createSignal<readonly Line[]>([]);
  const moving = () => lines().filter(({ outcome }) => outcome === "moving");
  const failed = () => lines().filter(({ outcome }) => outcome === "failed");
  const ended = () => lines().find(({ event }) => event === "ended");

  async function run({ canaries = "", parallel, stopAfter, again }: Values) {
    setLines([]);
    const body = {
      canaries: canaries.split(/[\s,]+/).filter(Boolean),
      parallel: Number(parallel),
      stopAfter,
      again: again === "all",
    };
    await readLines<Line>("POST", "/v1/migrations", body, (line) => setLines((all) => [...all, line]));
    props.onEnd();
    if (!ended()) throw new Error(t("The run ended early. The server’s log says why."));
  }

  return (
    <>
      <Form does={t("Migrate")} keeps send={run}>
        <Field
          label={t("First")}
          name="canaries"
          hint={t("Short names, separated by commas. If the field is empty, the oldest business is first.")}
        />
        <Field label={t("At a time")} name="parallel" type="number" value={4} min={1} max={32} />
        <Field
          label={t("Stop after failures")}
          name="stopAfter"
          value="5%"
          hint={t("A share of the databases, such as 5%, or a number of databases.")}
        />
        <Choice
          label={t("Which")}
          name="again"
          of={[
            ["due", t("those that are not up to date")],
            ["all", t("all, also those recorded as migrated")],
          ]}
        />
      </Form>
      <Show when={lines().length}>
        <div class="report" role="status">
          <p>
            {plural(
              lines().filter(({ event }) => event === "business").length,
              "1 database is done.",
              "{n} databases are done.",
            )}
          </p>
          <For each={failed()}>
            {({ slug, message }) => (
              <p class="refusal" dir="auto">
                {slug}: {message}
              </p>
            )}
          </For>
          <Show when={ended()}>
            {(end) => (
              <p>
                {t(
                  "The run has ended: {migrated} migrated, {current} up to date already, {moving} being moved, {failed} failed, {left} not tried.",
                  {
                    migrated: end().migrated ?? 0,
                    current: end().current ?? 0,
                    moving: moving().length,
                    failed: failed().length,
                    left: end().left ?? 0,
                  },
                )}{" "}
                <bdi>{end().stopped}</bdi>
              </p>
            )}
          </Show>
        </div>
      </Show>
    </>
  );
}
