import { expect, test } from "bun:test";
import { createTestStores } from "../../testing/test-stores.ts";
import { setBusinessGenerators } from "./set-business-generators.ts";

test("an unknown name of a generator is refused with a list of the valid names", async () => {
  await using stores = await createTestStores({ RONDO_GENERATORS: "studio=builtin:, sketch=builtin:" });
  const { id, slug } = await stores.createBusiness();
  const namesOf = async () => (await stores.deps.registry.findById(id))?.limits.generators;
  await setBusinessGenerators(stores.deps, "test", { slug, generators: ["sketch"] });
  await expect(
    setBusinessGenerators(stores.deps, "test", { slug, generators: ["studio", "stdio"] }),
  ).rejects.toMatchObject({
    code: "INVALID_PARAMETER",
    hint: "Use one of studio, sketch.",
    faults: [{ at: "/generators/1", message: 'There is no generator "stdio".' }],
  });
  expect(await namesOf()).toEqual(["sketch"]);
  await setBusinessGenerators(stores.deps, "test", { slug, generators: null });
  expect(await namesOf()).toBeUndefined();
});

test("without RONDO_GENERATORS, a list of generators for a business is refused", async () => {
  await using stores = await createTestStores();
  const { slug } = await stores.createBusiness();
  await expect(
    setBusinessGenerators(stores.deps, "test", { slug, generators: ["studio"] }),
  ).rejects.toMatchObject({
    code: "INVALID_PARAMETER",
    hint: "The operator has to name the generators in RONDO_GENERATORS first.",
  });
});
