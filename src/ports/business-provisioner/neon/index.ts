// Declares the adapter for Neon: each business gets a branch of a Neon project.
import type { ProvisionerTechnology } from "../technology.ts";
import { createNeonProvisioner } from "./provisioner.ts";

export const neon: ProvisionerTechnology = {
  name: "Neon",
  schemes: ["neon"],
  example: "neon:quiet-forest-12345678",
  faultOf: (location) =>
    neonProjectOf(location) === undefined ? "It contains no Neon project id." : undefined,
  create: (location, { migrations, access }) =>
    createNeonProvisioner({
      projectId: location === undefined ? undefined : neonProjectOf(location),
      access,
      migrations,
      async openDatabase(url) {
        const { openNeon } = await import("../../database/neon/database.ts");
        return openNeon({ url, migrations });
      },
    }),
  async checkServer() {},
  async examine(location, { access }) {
    const projectId = neonProjectOf(location);
    if (access === undefined || projectId === undefined) return [];
    const [{ inspectNeon }, { neonFindings }] = await Promise.all([
      import("./inspect.ts"),
      import("./findings.ts"),
    ]);
    return neonFindings(await inspectNeon({ ...access, projectId }));
  },
  async openCopy(credentials, { access }) {
    const [{ neonOwnerUrl }, { openNeonCopy }] = await Promise.all([
      import("./owner.ts"),
      import("../../database/neon/copy.ts"),
    ]);
    return openNeonCopy(await neonOwnerUrl(credentials, access));
  },
  migrationsRun: async () => undefined,
};

/**
 * Returns the project's id in `neon:<id>` or `neon://<id>`. Returns undefined for any other text.
 */
const neonProjectOf = (location: string): string | undefined =>
  /^neon:(?:\/\/)?([a-z0-9-]+)$/.exec(location)?.[1];
