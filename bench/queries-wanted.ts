// 24 wanted queries, each with a right spec. A spec that a model drafts has to give the same answers on the sample business.
import { ada, idOf } from "../src/queries/draft/sample-business.ts";
import type { WantedQuery } from "../src/queries/draft/draft-messages.ts";

export interface WantedCase {
  readonly wanted: WantedQuery;
  readonly right: object;
  /** The parameters with which both the draft and the right spec are called. */
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  /** Whether the query asks for an order of the rows. */
  readonly ordered: boolean;
}

type Part = Readonly<Record<string, unknown>>;

const id = { type: "string", format: "id" };
const instant = { type: "string", format: "date-time" };
const text = { type: "string", minLength: 1, maxLength: 200 };
const alive = (alias: string) => ({ column: `${alias}.deletedAt`, isNull: true });
const equals = (column: string, param: string) => ({ column, equals: { param } });
const same = (column: string, other: string) => ({ column, equals: { column: other } });
const desc = (by: unknown) => ({ by, direction: "desc" });
const project = (at: number) => idOf(ada, "project", at);
const track = (at: number) => idOf(ada, "track", at);
const version = (at: number) => idOf(ada, "version", at);

let made = 0;

function read(
  description: string,
  tables: readonly string[],
  select: Part,
  rest: { parameters?: Part; calls?: WantedCase["calls"]; returns?: string; ordered?: boolean } = {},
): WantedCase {
  const { parameters, calls = [{}], returns = "many", ordered = true } = rest;
  made += 1;
  return {
    wanted: { description, method: "GET", tables, parameters: parameters ?? {} },
    right: {
      name: `wanted.right${made}`,
      summary: description,
      method: "GET",
      scope: "user",
      ...(parameters === undefined ? {} : { parameters }),
      tables,
      query: { select },
      returns,
    },
    calls,
    ordered,
  };
}

function write(
  description: string,
  tables: readonly string[],
  query: Part,
  parameters: Part,
  calls: WantedCase["calls"],
): WantedCase {
  made += 1;
  return {
    wanted: { description, method: "POST", tables, parameters },
    right: {
      name: `wanted.right${made}`,
      summary: description,
      method: "POST",
      scope: "user",
      parameters,
      tables,
      query,
      returns: "one",
    },
    calls,
    ordered: false,
  };
}

const count = (from: string, as: string, where: unknown) => ({
  scalar: { from, as, columns: { n: { count: "*" } }, where },
});

export const wantedCases: readonly WantedCase[] = [
  read("id and name of all my projects that are not in the trash, by name.", ["projects"], {
    from: "projects",
    as: "p",
    columns: { id: "p.id", name: "p.name" },
    where: alive("p"),
    orderBy: [{ by: "p.name" }],
  }),
  read(
    "id and title of the tracks of one project that are not in the trash, newest first.",
    ["tracks"],
    {
      from: "tracks",
      as: "t",
      columns: { id: "t.id", title: "t.title" },
      where: [alive("t"), equals("t.projectId", "projectId")],
      orderBy: [desc("t.createdAt")],
    },
    { parameters: { projectId: id }, calls: [{ projectId: project(0) }, { projectId: project(3) }] },
  ),
  read(
    "One track by its id: title, createdAt and the name of its project as projectName. Null when there is none.",
    ["projects", "tracks"],
    {
      from: "tracks",
      as: "t",
      joins: [{ table: "projects", as: "p", on: same("p.id", "t.projectId") }],
      columns: { title: "t.title", createdAt: "t.createdAt", projectName: "p.name" },
      where: equals("t.id", "trackId"),
    },
    { parameters: { trackId: id }, calls: [{ trackId: track(1) }, { trackId: "none" }], returns: "maybe" },
  ),
  read(
    "id and number of the versions of a track that are not in the trash, by number.",
    ["versions"],
    {
      from: "versions",
      as: "v",
      columns: { id: "v.id", number: "v.number" },
      where: [alive("v"), equals("v.trackId", "trackId")],
      orderBy: [{ by: "v.number" }],
    },
    { parameters: { trackId: id }, calls: [{ trackId: track(2) }, { trackId: track(5) }] },
  ),
  read(
    "id and title of tracks (not in the trash) whose title contains a text, letter case aside, by title.",
    ["tracks"],
    {
      from: "tracks",
      as: "t",
      columns: { id: "t.id", title: "t.title" },
      where: [alive("t"), { column: "t.title", contains: { param: "text" } }],
      orderBy: [{ by: "t.title" }],
    },
    { parameters: { text }, calls: [{ text: "MORN" }, { text: "%" }, { text: "é" }], ordered: false },
  ),
  read(
    "How many tracks are not in the trash, as tracks.",
    ["tracks"],
    { from: "tracks", as: "t", columns: { tracks: { count: "*" } }, where: alive("t") },
    { returns: "one" },
  ),
  read(
    "How many generations there are in each state: state and generations, the most first.",
    ["generations"],
    {
      from: "generations",
      as: "g",
      columns: { state: "g.state", generations: { count: "*" } },
      groupBy: ["g.state"],
      orderBy: [desc({ count: "*" })],
    },
    { ordered: false },
  ),
  read(
    "The failed generations: id, reasonCode, reason, newest first.",
    ["generations"],
    {
      from: "generations",
      as: "g",
      columns: { id: "g.id", reasonCode: "g.reasonCode", reason: "g.reason" },
      where: { column: "g.state", equals: { value: "failed" } },
      orderBy: [desc("g.createdAt")],
    },
    { ordered: false },
  ),
  read(
    "Generations in any of the given states: id and state.",
    ["generations"],
    {
      from: "generations",
      as: "g",
      columns: { id: "g.id", state: "g.state" },
      where: { column: "g.state", in: { param: "states" } },
      orderBy: [{ by: "g.id" }],
    },
    {
      parameters: { states: { type: "array", items: text } },
      calls: [{ states: ["queued", "running"] }, { states: ["complete"] }],
      ordered: false,
    },
  ),
  read(
    "The sum of durationMs of all versions not in the trash, as durationMs.",
    ["versions"],
    { from: "versions", as: "v", columns: { durationMs: { sum: "v.durationMs" } }, where: alive("v") },
    { returns: "one" },
  ),
  read(
    "The average, least and largest durationMs of my versions, as average, least and most.",
    ["versions"],
    {
      from: "versions",
      as: "v",
      columns: {
        average: { average: "v.durationMs" },
        least: { min: "v.durationMs" },
        most: { max: "v.durationMs" },
      },
    },
    { returns: "one" },
  ),
  read(
    "Each project (also without tracks, not in the trash) with id and how many tracks not in the trash it holds, as tracks.",
    ["projects", "tracks"],
    {
      from: "projects",
      as: "p",
      columns: { id: "p.id", tracks: count("tracks", "t", [alive("t"), same("t.projectId", "p.id")]) },
      where: alive("p"),
      orderBy: [{ by: "p.id" }],
    },
    { ordered: false },
  ),
  read(
    "Versions that were made between two instants: id and createdAt, oldest first.",
    ["versions"],
    {
      from: "versions",
      as: "v",
      columns: { id: "v.id", createdAt: "v.createdAt" },
      where: { column: "v.createdAt", between: [{ param: "from" }, { param: "to" }] },
      orderBy: [{ by: "v.createdAt" }],
    },
    {
      parameters: { from: instant, to: instant },
      calls: [{ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }],
      ordered: false,
    },
  ),
  read("Versions per day: day (YYYY-MM-DD of createdAt) and versions, the newest day first.", ["versions"], {
    from: "versions",
    as: "v",
    columns: { day: { truncate: "v.createdAt", to: "day" }, versions: { count: "*" } },
    groupBy: [{ truncate: "v.createdAt", to: "day" }],
    orderBy: [desc({ truncate: "v.createdAt", to: "day" })],
  }),
  read(
    "The versions that were made from a given version: id and instruction.",
    ["versions"],
    {
      from: "versions",
      as: "v",
      columns: { id: "v.id", instruction: "v.instruction" },
      where: equals("v.parentId", "versionId"),
      orderBy: [{ by: "v.id" }],
    },
    {
      parameters: { versionId: id },
      calls: [{ versionId: version(3) }, { versionId: version(4) }],
      ordered: false,
    },
  ),
  read(
    "Tracks that have no generation at all: id and title.",
    ["generations", "tracks"],
    {
      from: "tracks",
      as: "t",
      columns: { id: "t.id", title: "t.title" },
      where: { not: { exists: { from: "generations", as: "g", where: same("g.trackId", "t.id") } } },
      orderBy: [{ by: "t.id" }],
    },
    { ordered: false },
  ),
  read(
    "The three longest versions by durationMs, those without one left out: id and durationMs, longest first.",
    ["versions"],
    {
      from: "versions",
      as: "v",
      columns: { id: "v.id", durationMs: "v.durationMs" },
      where: { column: "v.durationMs", isNull: false },
      orderBy: [desc("v.durationMs")],
      limit: 3,
    },
  ),
  read(
    "One project by id with its name and its tracks not in the trash as tracks, a list of {id, title}, oldest first.",
    ["projects", "tracks"],
    {
      from: "projects",
      as: "p",
      columns: {
        name: "p.name",
        tracks: {
          many: {
            from: "tracks",
            as: "t",
            columns: { id: "t.id", title: "t.title" },
            where: [alive("t"), same("t.projectId", "p.id")],
            orderBy: [{ by: "t.createdAt" }],
          },
        },
      },
      where: equals("p.id", "projectId"),
    },
    {
      parameters: { projectId: id },
      calls: [{ projectId: project(1) }, { projectId: project(3) }],
      returns: "maybe",
    },
  ),
  read("Tracks in the trash: id and deletedAt, the last thrown away first.", ["tracks"], {
    from: "tracks",
    as: "t",
    columns: { id: "t.id", deletedAt: "t.deletedAt" },
    where: { column: "t.deletedAt", isNull: false },
    orderBy: [desc("t.deletedAt")],
  }),
  read(
    "The different states that my generations are in: state.",
    ["generations"],
    {
      from: "generations",
      as: "g",
      columns: { state: "g.state" },
      distinct: true,
      orderBy: [{ by: "g.state" }],
    },
    { ordered: false },
  ),
  read(
    "Tracks not in the trash with more than one version: id and versions (how many), the most first.",
    ["tracks", "versions"],
    {
      from: "tracks",
      as: "t",
      joins: [{ table: "versions", as: "v", on: same("v.trackId", "t.id") }],
      columns: { id: "t.id", versions: { count: "*" } },
      where: alive("t"),
      groupBy: ["t.id"],
      having: { expression: { count: "*" }, moreThan: 1 },
      orderBy: [desc({ count: "*" })],
    },
    { ordered: false },
  ),
  write(
    "Rename a project: sets its name and updatedAt, gives id and name.",
    ["projects"],
    {
      update: {
        table: "projects",
        set: { name: { param: "name" }, updatedAt: { now: true } },
        where: equals("id", "projectId"),
        returning: { id: "id", name: "name" },
      },
    },
    { projectId: id, name: text },
    [{ projectId: project(0), name: "Renamed" }],
  ),
  write(
    "Make a project with a name; gives its name.",
    ["projects"],
    {
      insert: {
        into: "projects",
        values: {
          id: { newId: true },
          name: { param: "name" },
          createdAt: { now: true },
          updatedAt: { now: true },
        },
        returning: { name: "name" },
      },
    },
    { name: text },
    [{ name: "Made" }],
  ),
  write(
    "Set the title of a track that is not in the trash, and updatedAt; gives id and title.",
    ["tracks"],
    {
      update: {
        table: "tracks",
        set: { title: { param: "title" }, updatedAt: { now: true } },
        where: [equals("id", "trackId"), { column: "deletedAt", isNull: true }],
        returning: { id: "id", title: "title" },
      },
    },
    { trackId: id, title: text },
    [{ trackId: track(1), title: "Titled" }],
  ),
];
