// Sends reads, writes, slow queries, queries that time out, and bursts of concurrent requests as several users, while
// faults happen. Checks that every response belongs to the user and the request that it answers. Afterwards, checks
// that every confirmed write is stored.
import {
  longPower,
  type MixAnswer,
  type MixHouse,
  type MixUser,
  projectId,
  projectName,
  projectsPerUser,
  trackId,
  trackTitle,
} from "./mix-house.ts";

export interface MixFault {
  readonly name: string;
  /** Resolves when the fault is over. */
  happen(): Promise<unknown>;
}

export interface MixReport {
  readonly asked: number;
  /** The number of responses by status. */
  readonly answers: Readonly<Record<string, number>>;
  /** How often each fault happened, by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** The responses with 200 that belong to another request, and those with a status other than 200, 503 and 504. */
  readonly wrong: readonly string[];
  readonly confirmed: number;
  readonly lost: readonly string[];
  /** For each query, the longest wait for a response, in milliseconds. */
  readonly waits: Readonly<Record<string, number>>;
}

export interface MixOptions {
  readonly house: MixHouse;
  readonly seconds: number;
  readonly faults: readonly MixFault[];
}

const loopsPerUser = 6;
const floodOf = 250;
const expectedStatus = new Set([200, 503, 504]);
const between = (least: number, most: number): number => least + Math.random() * (most - least);
const anyOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;

export async function runMix({ house, seconds, faults }: MixOptions): Promise<MixReport> {
  const answers: Record<string, number> = {};
  const happened: Record<string, number> = {};
  const wrong: string[] = [];
  const made = new Map<string, string>();
  const moved = new Map<string, Set<string>>();
  let asked = 0;
  let names = 0;
  let confirmedMoves = 0;
  const waits: Record<string, number> = {};
  const endsAt = performance.now() + seconds * 1_000;
  const goesOn = (): boolean => performance.now() < endsAt;

  /** Sends a request. `isOwn` returns whether the body of a 200 belongs to the request. */
  async function ask(
    user: MixUser,
    method: "GET" | "POST",
    query: string,
    parameters: Record<string, string>,
    isOwn: (body: never) => boolean,
  ): Promise<MixAnswer> {
    asked += 1;
    const startedAt = performance.now();
    const answer = await house.call(user, method, query, parameters);
    const waitMs = performance.now() - startedAt;
    if (waitMs > (waits[query] ?? 0)) waits[query] = Math.round(waitMs);
    answers[answer.status] = (answers[answer.status] ?? 0) + 1;
    const isRight = answer.status === 200 ? isOwn(answer.body as never) : expectedStatus.has(answer.status);
    if (!isRight) {
      const body = JSON.stringify(answer.body).slice(0, 300);
      wrong.push(`${user.id} ${query} ${JSON.stringify(parameters)}: ${answer.status} ${body}`);
    }
    return answer;
  }

  const find = (user: MixUser, at: number) => {
    const name = projectName(user.id, at);
    return ask(
      user,
      "GET",
      "projects.list",
      { search: name },
      ({ items }: { items: { name: string }[] }) => items.length === 1 && items[0]?.name === name,
    );
  };
  const count = (user: MixUser) =>
    ask(user, "GET", "library.stats", {}, ({ tracks }: { tracks: number }) => tracks === user.tracks);
  const countLong = (user: MixUser) =>
    ask(user, "GET", "mix.long", {}, ({ n }: { n: number }) => n === user.tracks ** longPower);
  const countSlow = (user: MixUser) =>
    ask(user, "GET", "mix.slow", {}, ({ n }: { n: number }) => n === user.tracks ** 7);

  async function make(user: MixUser): Promise<void> {
    names += 1;
    const name = `${user.id} made ${names}`;
    const { status, body } = await ask(
      user,
      "POST",
      "projects.create",
      { name },
      (one: { name: string }) => one.name === name,
    );
    if (status === 200) made.set((body as { id: string }).id, name);
  }

  /**
   * Moves a track to a random project. Each track is moved by one loop only. So after a confirmed move, the track is in
   * the project of this move. After a move without confirmation, the track is in its old or in its new project.
   */
  async function move(user: MixUser, at: number): Promise<void> {
    const id = trackId(user.id, at);
    const target = projectId(user.id, Math.floor(between(0, projectsPerUser)));
    const places = moved.get(id) ?? new Set([projectId(user.id, at % projectsPerUser)]);
    moved.set(id, places);
    places.add(target);
    const isOwn = (one: { id: string; title: string; projectId: string }) =>
      one.id === id && one.title === trackTitle(user.id, at) && one.projectId === target;
    const { status } = await ask(user, "POST", "tracks.move", { trackId: id, projectId: target }, isOwn);
    if (status !== 200) return;
    moved.set(id, new Set([target]));
    confirmedMoves += 1;
  }

  async function loop(user: MixUser, at: number): Promise<void> {
    while (goesOn()) {
      const dice = Math.random();
      if (dice < 0.45) await find(user, Math.floor(between(0, projectsPerUser)));
      else if (dice < 0.6) await count(user);
      else if (dice < 0.64) await countLong(user);
      else if (dice < 0.68) await countSlow(user);
      else if (dice < 0.86) await make(user);
      else await move(user, at);
    }
  }

  async function flood(): Promise<void> {
    while (goesOn()) {
      await Bun.sleep(between(1_000, 3_000));
      await Promise.all(
        Array.from({ length: floodOf }, (_, at) =>
          at % 10 === 0 ? make(anyOf(house.users)) : find(anyOf(house.users), at % projectsPerUser),
        ),
      );
    }
  }

  async function breakThings(): Promise<void> {
    while (goesOn()) {
      const { name, happen } = anyOf(faults);
      happened[name] = (happened[name] ?? 0) + 1;
      await happen();
      await Bun.sleep(between(200, 800));
    }
  }

  const loops = house.users.flatMap((user) =>
    Array.from({ length: loopsPerUser }, (_, at) => loop(user, at)),
  );
  await Promise.all([...loops, flood(), breakThings()]);

  const lost = await house.otherwise(async (database) => {
    const projects = new Map(
      (await database.kysely.selectFrom("projects").select(["id", "name"]).execute()).map(({ id, name }) => [
        id,
        name,
      ]),
    );
    const tracks = new Map(
      (await database.kysely.selectFrom("tracks").select(["id", "projectId"]).execute()).map(
        ({ id, projectId: place }) => [id, place],
      ),
    );
    return [
      ...[...made].filter(([id, name]) => projects.get(id) !== name).map(([, name]) => name),
      ...[...moved]
        .filter(([id, places]) => !places.has(tracks.get(id) ?? "no project"))
        .map(([id]) => `move of ${id}`),
    ];
  });
  return { asked, answers, faults: happened, wrong, confirmed: made.size + confirmedMoves, lost, waits };
}
