// Finds the server processes that belong to connections to a Postgres database, for tests that pause or end these
// processes.
import postgres from "postgres";

export interface Backends extends AsyncDisposable {
  /** Pauses the processes of all open connections until `resume` or the disposal. Returns the number of processes. */
  stop(): Promise<number>;
  resume(): void;
  /** Ends the processes as an administrator would. Returns the number of processes. */
  terminate(): Promise<number>;
  /**
   * Kills one of the processes, as a crash would. The server then ends all other processes, too, and recovers. Does
   * nothing if no connection is open.
   */
  crashOne(): Promise<void>;
  /** Returns the number of idle processes with an open transaction. */
  idleInTransaction(): Promise<number>;
  /** Returns the number of open connections. */
  count(): Promise<number>;
}

/**
 * Returns functions for the server processes that serve the clients of `database`. The process that serves these
 * functions themselves is left out. The role of `superuserUrl` needs permission to see and end the processes. `stop`
 * and `crashOne` send signals, so this process has to run as the server's user or as root. Otherwise these two
 * functions do nothing, and `stop` returns 0.
 */
export function backendsOf(superuserUrl: string, database: string): Backends {
  const boss = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  let stopped: readonly number[] = [];
  const pids = async (): Promise<readonly number[]> => {
    const rows = await boss<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${database} and backend_type = 'client backend' and pid <> pg_backend_pid()`;
    return rows.map(({ pid }) => pid);
  };
  const counted = (rows: readonly { readonly n?: number }[]): number => Number(rows[0]?.n);
  return {
    async stop() {
      stopped = (await pids()).filter((pid) => signal(pid, "SIGSTOP"));
      return stopped.length;
    },
    resume() {
      for (const pid of stopped) signal(pid, "SIGCONT");
      stopped = [];
    },
    async terminate() {
      const rows = await boss`
        select count(pg_terminate_backend(pid))::int as n from pg_stat_activity
        where datname = ${database} and backend_type = 'client backend' and pid <> pg_backend_pid()`;
      return counted(rows);
    },
    async crashOne() {
      const [pid] = await pids();
      if (pid !== undefined) signal(pid, "SIGKILL");
    },
    async idleInTransaction() {
      return counted(
        await boss`select count(*)::int as n from pg_stat_activity where datname = ${database} and state like 'idle in transaction%'`,
      );
    },
    count: async () => (await pids()).length,
    async [Symbol.asyncDispose]() {
      for (const pid of stopped) signal(pid, "SIGCONT");
      await boss.end({ timeout: 1 });
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
