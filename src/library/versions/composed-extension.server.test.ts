// Tests that the built-in composer extends a piece. The test renders more than a minute of music.

import { expect, test } from "bun:test";
import { createBuiltinGenerator } from "../../ports/generator/builtin/generator.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createStudio } from "../../testing/studio.ts";
import { readAudioFacts } from "./read-version.ts";
import { startVersion } from "./start-version.ts";

test("if the composer extends a piece, the new version begins with the bytes of its parent", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const composer = createBuiltinGenerator();
  const started = await studio.start({ prompt: "folk", durationSeconds: 30 });
  await studio.run(started, { generator: composer });
  const instruction = "extend by 10 s";
  const child = await startVersion({ ...deps, generator: composer }, alice, {
    parentId: started.versionId,
    instruction,
  });
  const stateOf = async () => deps.chunkStore.head(audioKey(business.id, child.versionId));
  const begun = await stateOf();
  expect(begun?.tail).toBeGreaterThan(10 * 16_000);
  await studio.run(child, { generator: composer });
  await composer.close();
  const facts = await readAudioFacts(deps, business.id, child.versionId);
  // The child's stream was created with the first bytes of the parent's stream. If the composer makes other bytes
  // there, a new stream with another id replaces the child's stream. So the same id means that the bytes are equal.
  expect(await stateOf()).toMatchObject({ id: begun?.id, tail: facts.plannedBytes, closed: true });
  expect(facts.durationMs).toBe(40_000);
}, 60_000);
