// Creates businesses on a running Rondo. Each business has the name of a folder in
// docs/examples/themes, and gets the theme in that folder and a host of its own.
import { join } from "node:path";
import { readAppFolder } from "../../../../src/apps/read-folder.ts";
import type { RondoProcesses } from "../../../../src/testing/whole/processes/rondo-processes.ts";

const examples = join(import.meta.dirname, "../../../../docs/examples/themes");

/**
 * Creates the businesses. Returns the address of each business's page, by name. Throws if a
 * business with one of the names already exists. The addresses need no DNS, because Chromium
 * resolves every name below localhost to its own machine.
 */
export async function giveLooks<Name extends string>(
  app: Pick<RondoProcesses, "url" | "operatorKey">,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const { port } = new URL(app.url);
  const send = async (method: string, path: string, body: unknown) => {
    const res = await fetch(`${app.url}/v1/businesses${path}`, {
      method,
      headers: { authorization: `Bearer ${app.operatorKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!res.ok) throw new Error(`${method} ${path}: ${await res.text()}`);
  };
  for (const slug of names) {
    await send("POST", "", { slug });
    await send("PUT", `/${slug}/app`, await readAppFolder(join(examples, slug)));
    await send("PUT", `/${slug}/hosts`, { hosts: [`${slug}.localhost:${port}`] });
  }
  return Object.fromEntries(names.map((slug) => [slug, `http://${slug}.localhost:${port}/`])) as Record<
    Name,
    string
  >;
}
