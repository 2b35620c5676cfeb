// Makes calls to Neon's management API. If a call changes something, Neon starts operations. The
// promise of the call resolves when these operations have finished. If Neon refuses a call because
// the project is locked (423) or there are too many requests (429), the call is retried for up to
// `patienceMs`.
import { setTimeout } from "node:timers/promises";
import {
  type Api,
  type Branch,
  createApiClient,
  EndpointType,
  type Operation,
  OperationStatus,
} from "@neondatabase/api-client";
import { AppError } from "../../../errors.ts";
import { unfit } from "./unfit.ts";

export interface NeonApiOptions {
  readonly projectId: string;
  readonly apiKey: string;
  /** Defaults to Neon's own API. */
  readonly apiUrl?: string | undefined;
  /** A compute is suspended after this many seconds without a query. Defaults to 300. */
  readonly suspendSeconds?: number;
  /** A call that Neon refuses with 423 or 429 is retried for this time. Defaults to two minutes. */
  readonly patienceMs?: number;
}

/**
 * Each method throws CONFIG_INVALID if Neon refuses the API key, NOT_FOUND for a missing resource,
 * and UNAVAILABLE for most other failures, such as an operation that fails or takes more than two
 * minutes.
 */
export interface NeonApi {
  findBranch(name: string): Promise<Branch | undefined>;
  /** Returns the branches whose names have this prefix. */
  findBranches(prefix: string): Promise<readonly Branch[]>;
  /** Throws CONFIG_INVALID if the project has no default branch. */
  defaultBranch(): Promise<Branch>;
  /**
   * Creates a branch with its own running compute. Throws CONFLICT if the name is in use, and
   * STORAGE_FULL at the plan's limit of branches. If it throws UNAVAILABLE, the branch
   * may still have been created.
   */
  createBranch(name: string, parentId: string): Promise<Branch>;
  /** Throws CONFLICT if the name is in use. */
  renameBranch(branchId: string, name: string): Promise<void>;
  /** Deleting a missing branch is no error. */
  deleteBranch(branchId: string): Promise<void>;
  databasesOf(branchId: string): Promise<readonly { readonly name: string; readonly owner: string }[]>;
  /**
   * Returns all roles that can log in on the branch, whether they were created by the API or by
   * SQL.
   */
  rolesOf(branchId: string): Promise<readonly string[]>;
  /** Resets the password of a role and returns the new one. */
  rotatePassword(branchId: string, role: string): Promise<string>;
  /** Returns the host of the branch's compute for a direct connection, without the pooler. */
  hostOf(branchId: string, database: string, role: string): Promise<string>;
}

const lockedMsMax = 120_000;
const operationMsMax = 120_000;

export function createNeonApi(options: NeonApiOptions): NeonApi {
  const { projectId, suspendSeconds = 300, patienceMs = lockedMsMax } = options;
  const api: Api<unknown> = createApiClient({
    apiKey: options.apiKey,
    timeout: 30_000,
    ...(options.apiUrl === undefined ? {} : { baseURL: options.apiUrl }),
  });

  /** Retries while Neon answers with the temporary errors 423 (an operation is running) or 429 (too many requests). */
  async function ask<T>(call: () => Promise<{ readonly data: T }>): Promise<T> {
    const giveUpAt = performance.now() + patienceMs;
    for (let tries = 0; ; tries++) {
      try {
        return (await call()).data;
      } catch (err) {
        const status = statusOf(err);
        if ((status !== 423 && status !== 429) || performance.now() > giveUpAt) throw appErrorOf(err);
        const pauseMs = Math.min(100 * 2 ** tries, 5_000) * (0.5 + Math.random() / 2);
        await setTimeout(Math.max(pauseMs, retryAfterMsOf(err)));
      }
    }
  }

  async function finished(operations: readonly Operation[]): Promise<void> {
    for (const { id } of operations) await finishedOne(id);
  }

  async function finishedOne(id: string): Promise<void> {
    const giveUpAt = performance.now() + operationMsMax;
    for (let tries = 0; ; tries++) {
      const { operation } = await ask(() => api.getProjectOperation(projectId, id));
      if (operation.status === OperationStatus.Finished || operation.status === OperationStatus.Skipped)
        return;
      if (ends.has(operation.status) || performance.now() > giveUpAt) throw operationFailed(operation);
      await setTimeout(Math.min(50 * 1.5 ** tries, 2_000));
    }
  }

  const branches = async (search?: string): Promise<readonly Branch[]> => {
    const found: Branch[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await ask(() =>
        api.listProjectBranches({ projectId, ...(search ? { search } : {}), ...(cursor ? { cursor } : {}) }),
      );
      found.push(...page.branches);
      cursor = page.branches.length > 0 ? page.pagination?.next : undefined;
      if (cursor === undefined) return found;
    }
  };

  return {
    findBranch: async (name) => (await branches(name)).find((branch) => branch.name === name),
    findBranches: async (prefix) => (await branches(prefix)).filter(({ name }) => name.startsWith(prefix)),
    async defaultBranch() {
      const found = (await branches()).find((branch) => branch.default);
      if (!found) throw unfit("The Neon project has no default branch.");
      return found;
    },
    async createBranch(name, parentId) {
      const { branch, operations } = await ask(() =>
        api.createProjectBranch(projectId, {
          branch: { name, parent_id: parentId },
          endpoints: [
            {
              type: EndpointType.ReadWrite,
              autoscaling_limit_min_cu: 0.25,
              autoscaling_limit_max_cu: 1,
              suspend_timeout_seconds: suspendSeconds,
            },
          ],
        }),
      );
      await finished(operations);
      return branch;
    },
    async renameBranch(branchId, name) {
      const { operations } = await ask(() =>
        api.updateProjectBranch(projectId, branchId, { branch: { name } }),
      );
      await finished(operations);
    },
    async deleteBranch(branchId) {
      try {
        const { operations } = await ask(() => api.deleteProjectBranch({ projectId, branchId }));
        await finished(operations);
      } catch (err) {
        if (!(err instanceof AppError) || err.code !== "NOT_FOUND") throw err;
      }
    },
    async databasesOf(branchId) {
      const { databases } = await ask(() => api.listProjectBranchDatabases(projectId, branchId));
      return databases.map(({ name, owner_name }) => ({ name, owner: owner_name }));
    },
    async rolesOf(branchId) {
      const { roles } = await ask(() => api.listProjectBranchRoles(projectId, branchId));
      return roles.map(({ name }) => name);
    },
    async rotatePassword(branchId, name) {
      const { role, operations } = await ask(() =>
        api.resetProjectBranchRolePassword(projectId, branchId, name),
      );
      await finished(operations);
      return role.password ?? "";
    },
    async hostOf(branchId, database, role) {
      const { uri } = await ask(() =>
        api.getConnectionUri({ projectId, branch_id: branchId, database_name: database, role_name: role }),
      );
      return new URL(uri).host;
    },
  };
}

const ends: ReadonlySet<OperationStatus> = new Set([
  OperationStatus.Failed,
  OperationStatus.Error,
  OperationStatus.Cancelled,
]);

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly data?: { readonly message?: string; readonly code?: string };
}

const answerOf = (err: unknown): Answer | undefined =>
  err instanceof Error && "response" in err ? (err.response as Answer | undefined) : undefined;
const statusOf = (err: unknown): number | undefined => answerOf(err)?.status;

const retryAfterMsMax = 30_000;

/**
 * Returns the value of the Retry-After header in milliseconds, but at most 30,000. Returns 0 if the header is missing
 * or is not a number of seconds.
 */
function retryAfterMsOf(err: unknown): number {
  const seconds = Number(answerOf(err)?.headers?.["retry-after"] ?? 0);
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, retryAfterMsMax) : 0;
}

function appErrorOf(err: unknown): unknown {
  if (err instanceof AppError) return err;
  const answer = answerOf(err);
  const said = answer?.data?.message ? ` It says: ${answer.data.message}` : "";
  if (answer?.status === 401 || answer?.status === 403) {
    return new AppError("CONFIG_INVALID", `Neon refused the API key.${said}`, {
      hint: "Set RONDO_NEON_API_KEY to a key that can change the project.",
      cause: err,
    });
  }
  if (answer?.status === 404)
    return new AppError("NOT_FOUND", `The resource does not exist in Neon.${said}`, { cause: err });
  if (answer?.status === 409)
    return new AppError("CONFLICT", `The resource exists in Neon already.${said}`, { cause: err });
  if (answer?.data?.code === "BRANCHES_LIMIT_EXCEEDED") {
    return new AppError("STORAGE_FULL", "The Neon project can hold no more branches.", {
      hint: "Raise the plan's limit of branches, or use another project.",
      cause: err,
    });
  }
  return new AppError("UNAVAILABLE", `Neon can't do this right now.${said}`, {
    retryAfterSeconds: 5,
    cause: err,
  });
}

const operationFailed = ({ action, status, error }: Operation): AppError =>
  new AppError("UNAVAILABLE", `A Neon operation did not finish (${action}: ${status}).`, {
    retryAfterSeconds: 5,
    cause: error,
  });
