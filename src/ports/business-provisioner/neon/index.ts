// The adapter for Neon: each business gets a branch of a Neon project.
import type { ProvisionerTechnology } from "../technology.ts";
import { createNeonProvisioner } from "./provisioner.ts";

export const neon: ProvisionerTechnology = {
  name: "Neon",
  schemes: ["neon"],
  example: "neon:quiet-forest-12345678",
  faultOf: (location) =>
    neonProjectOf(location) === undefined ? "It contains no Neon project id." : undefined,
  create: (location, { migrations, project }) =>
    createNeonProvisioner({
      project: location === undefined ? undefined : project,
      migrations,
      async openDatabase(url) {
        const { openNeon } = await import("../../database/neon/database.ts");
        return openNeon({ url, migrations });
      },
    }),
  async checkServer() {},
  async examine(_, { project }) {
    if (project === undefined) return [];
    const [{ inspectNeon }, { neonFindings }] = await Promise.all([
      import("./inspect.ts"),
      import("./findings.ts"),
    ]);
    return neonFindings(await inspectNeon(project));
  },
  migrationsRun: async () => undefined,
};

/** The project's id in `neon:<id>` or `neon://<id>`; undefined if there is none. */
export const neonProjectOf = (location: string): string | undefined =>
  /^neon:(?:\/\/)?([a-z0-9-]+)$/.exec(location)?.[1];
