// Applies a new version of the app of one business, rolls back to an earlier version, or reads the current version.
import type { Business } from "../businesses/business.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { AppError, notFound } from "../errors.ts";
import { type AppReport, changeApp, type ChangeAppDeps } from "./changes/change-app.ts";
import { listVersions } from "./app-versions.ts";
import { namesSince } from "./origins.ts";

export interface AppDeps extends ChangeAppDeps {
  readonly registry: Pick<BusinessRegistry, "list">;
  readonly databases: Pick<OpenDatabases, "use">;
}

interface ChangeOptions {
  readonly slug: string;
  readonly allowLoss?: boolean;
  readonly isDryRun?: boolean;
}

/** Throws NOT_FOUND for an unknown business, and the errors of `changeApp`. */
export async function applyApp(
  deps: AppDeps,
  actor: string,
  { slug, bundle, allowLoss = false, isDryRun = false }: ChangeOptions & { readonly bundle: unknown },
): Promise<AppReport> {
  const { id } = await findBusiness(deps, slug);
  return changeApp(deps, actor, {
    ...{ businessId: id, source: "own", allowLoss, isDryRun },
    bundle: async () => ({ bundle }),
  });
}

/**
 * Rolls back to version `to`, by default to the version before the current one. The content of
 * version `to` becomes a new version. So a second roll-back without `to` undoes the first one.
 * Throws NOT_FOUND if the business is unknown or the version is not stored, and the errors of
 * `changeApp`.
 */
export async function rollBackApp(
  deps: AppDeps,
  actor: string,
  { slug, to, allowLoss = false, isDryRun = false }: ChangeOptions & { readonly to?: number },
): Promise<AppReport> {
  const { id } = await findBusiness(deps, slug);
  return changeApp(deps, actor, {
    ...{ businessId: id, source: "own", allowLoss, isDryRun },
    async bundle(db) {
      const versions = await listVersions(db, "own");
      const present = versions[0]?.number ?? 0;
      const target = versions.find(({ number }) => number === (to ?? present - 1));
      if (target === undefined)
        throw noVersion(
          versions.map(({ number }) => number),
          to,
        );
      const later = versions.filter(({ number }) => number > target.number).toReversed();
      return { bundle: target.bundle, names: namesSince(later.map(({ origins }) => origins)) };
    },
  });
}

const noVersion = (known: readonly number[], to: number | undefined): AppError =>
  new AppError(
    "NOT_FOUND",
    known.length === 0
      ? "This business has no app."
      : to === undefined
        ? `No version before version ${known[0]} is stored.`
        : `The app of this business has no version ${to}.`,
    {
      hint:
        known.length === 0
          ? "Apply one with `rondo business apply`, or by PUT over HTTP."
          : `The stored versions are ${known.toReversed().join(", ")}.`,
    },
  );

export interface AppView {
  /** The number of the current version; 0 if the business has no app. */
  readonly version: number;
  /** The document of the current version; null if the business has no app. */
  readonly app: unknown;
  /** The stored versions, newest first: at most 50. */
  readonly versions: readonly {
    readonly number: number;
    readonly appliedAt: string;
    readonly appliedBy: string;
  }[];
}

/** Throws NOT_FOUND for an unknown business. */
export async function readBusinessApp(
  deps: Pick<AppDeps, "registry" | "databases">,
  slug: string,
): Promise<AppView> {
  const { id } = await findBusiness(deps, slug);
  const versions = await deps.databases.use(id, ({ kysely }) => listVersions(kysely, "own"));
  return {
    version: versions[0]?.number ?? 0,
    app: versions[0]?.bundle ?? null,
    versions: versions.map(({ number, appliedAt, appliedBy }) => ({ number, appliedAt, appliedBy })),
  };
}

async function findBusiness({ registry }: Pick<AppDeps, "registry">, slug: string): Promise<Business> {
  const business = (await registry.list()).find((one) => one.slug === slug);
  if (business === undefined) throw notFound("business");
  return business;
}
