// The few calls of Neon's management API that we need: operations awaited, a locked project waited for.
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
  /** Neon's own where absent. */
  readonly apiUrl?: string | undefined;
  /** A compute sleeps after this long without a query; 300 where absent. */
  readonly suspendSeconds?: number;
  /** How long to go on while the project is locked by other operations. */
  readonly patienceMs?: number;
}

export interface NeonApi {
  findBranch(name: string): Promise<Branch | undefined>;
  /** Whose name begins so. */
  findBranches(prefix: string): Promise<readonly Branch[]>;
  defaultBranch(): Promise<Branch>;
  /** With a compute of its own, ready. A name that is taken: CONFLICT. */
  createBranch(name: string, parentId: string): Promise<Branch>;
  /** A name that is taken: CONFLICT. */
  renameBranch(branchId: string, name: string): Promise<void>;
  /** One that is gone is no error. */
  deleteBranch(branchId: string): Promise<void>;
  databasesOf(branchId: string): Promise<readonly { readonly name: string; readonly owner: string }[]>;
  /** Who may sign in on the branch, by whichever way they were made. */
  rolesOf(branchId: string): Promise<readonly string[]>;
  /** Gives a role another password, that nothing but the answer knows. */
  rotatePassword(branchId: string, role: string): Promise<string>;
  /** Where the branch answers, without the pooler between. */
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

  /** 423: an operation is under way; 429: too many requests. Both pass. */
  async function ask<T>(call: () => Promise<{ readonly data: T }>): Promise<T> {
    const giveUpAt = performance.now() + patienceMs;
    for (let tries = 0; ; tries++) {
      try {
        return (await call()).data;
      } catch (err) {
        const status = statusOf(err);
        if ((status !== 423 && status !== 429) || performance.now() > giveUpAt) throw appErrorOf(err);
        await Bun.sleep(Math.min(100 * 2 ** tries, 5_000) * (0.5 + Math.random() / 2));
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
      await Bun.sleep(Math.min(50 * 1.5 ** tries, 2_000));
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
  readonly data?: { readonly message?: string; readonly code?: string };
}

const answerOf = (err: unknown): Answer | undefined =>
  err instanceof Error && "response" in err ? (err.response as Answer | undefined) : undefined;
const statusOf = (err: unknown): number | undefined => answerOf(err)?.status;

function appErrorOf(err: unknown): unknown {
  if (err instanceof AppError) return err;
  const answer = answerOf(err);
  const said = answer?.data?.message ? ` It says: ${answer.data.message}` : "";
  if (answer?.status === 401 || answer?.status === 403) {
    return new AppError("CONFIG_INVALID", `Neon refused the API key.${said}`, {
      hint: "Set RONDO_NEON_API_KEY to a key that may change the project.",
      cause: err,
    });
  }
  if (answer?.status === 404)
    return new AppError("NOT_FOUND", `Neon knows no such thing.${said}`, { cause: err });
  if (answer?.status === 409) return new AppError("CONFLICT", `Neon has it already.${said}`, { cause: err });
  if (answer?.data?.code === "BRANCHES_LIMIT_EXCEEDED") {
    return new AppError("STORAGE_FULL", "The Neon project can hold no more branches.", {
      hint: "Raise the plan's limit of branches, or use another project.",
      cause: err,
    });
  }
  return new AppError("UNAVAILABLE", `Neon could not do this just now.${said}`, {
    retryAfterSeconds: 5,
    cause: err,
  });
}

const operationFailed = ({ action, status, error }: Operation): AppError =>
  new AppError("UNAVAILABLE", `Neon did not end an operation (${action}: ${status}).`, {
    retryAfterSeconds: 5,
    cause: error,
  });
