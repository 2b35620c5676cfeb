// Combines the provisioners of several engines. The first provisioner creates the databases of new
// businesses. Existing businesses stay on their engines.
import { AppError } from "../../errors.ts";
import type {
  BusinessEngine,
  BusinessProvisioner,
} from "../../ports/business-provisioner/business-provisioner.ts";

/**
 * `first` creates the databases of new businesses. Each provisioner opens, copies and drops the databases of its own
 * engine. If a provisioner in `others` has the same engine as `first`, it is never used, and `close` does not close it.
 * A method throws INTERNAL for a business whose engine has no provisioner.
 */
export function provisionerOfEach<Tables>(
  first: BusinessProvisioner<Tables>,
  others: readonly BusinessProvisioner<Tables>[],
): BusinessProvisioner<Tables> {
  const all = [first, ...others.filter(({ engine }) => engine !== first.engine)];

  function ofEngine({ engine }: { readonly engine: BusinessEngine }): BusinessProvisioner<Tables> {
    const found = all.find((one) => one.engine === engine);
    if (found) return found;
    throw new AppError("INTERNAL", "No configured provisioner can open a business of this engine.", {
      details: { engine },
    });
  }

  return {
    engine: first.engine,
    provision: async (businessId, copied) =>
      (copied === undefined ? first : ofEngine(copied.source)).provision(businessId, copied),
    open: async (credentials) => ofEngine(credentials).open(credentials),
    openAsOwner: async (credentials) => ofEngine(credentials).openAsOwner(credentials),
    sharedBy: (credentials) => ofEngine(credentials).sharedBy(credentials),
    drop: async (credentials) => ofEngine(credentials).drop(credentials),
    dropEvery: async (made) => ofEngine(made).dropEvery(made),
    async close() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
