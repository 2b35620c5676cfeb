// Begins a migration of all databases, and shows its progress line by line.
import { createSignal, For, Show } from "solid-js";
import { readLines } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { number } from "../parts/words.ts";

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
  }

  return (
    <>
      <Form does="Migrate" keeps send={run}>
        <Field
          label="First"
          name="canaries"
          hint="Short names with commas; the oldest business without any."
        />
        <Field label="At a time" name="parallel" type="number" value={4} min={1} max={32} />
        <Field label="Stop after failures" name="stopAfter" value="5%" hint="A share or a number." />
        <Choice
          label="Which"
          name="again"
          of={[
            ["due", "those that are behind"],
            ["all", "all, also those recorded as migrated"],
          ]}
        />
      </Form>
      <Show when={lines().length}>
        <div class="report" role="status">
          <p>{number(lines().filter(({ event }) => event === "business").length)} databases are done.</p>
          <For each={failed()}>
            {({ slug, message }) => (
              <p class="refusal">
                {slug}: {message}
              </p>
            )}
          </For>
          <Show when={ended()}>
            {(end) => (
              <p>
                The run has ended: {number(end().migrated ?? 0)} migrated, {number(end().current ?? 0)} up to
                date already, {number(failed().length)} failed, {number(end().left ?? 0)} not tried.{" "}
                {end().stopped}
              </p>
            )}
          </Show>
        </div>
      </Show>
    </>
  );
}
