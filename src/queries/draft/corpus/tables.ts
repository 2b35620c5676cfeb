// Provides the tables for the corpus that measures how well language models write query specs, and fills the tables
// with rows. The rows belong to a small music service with two users, and are the same on every engine.
import { idOf, type TableDeclaration, type TablesOf } from "../../../businesses/tables/table-declaration.ts";
import type { Database } from "../../../ports/database/database.ts";
import { decimalOf } from "../../../ports/database/decimals.ts";

const owned = { access: { owner: "userId" } } as const;
const own = { id: { type: "id" }, userId: idOf("users") } as const;
const ofTrack = { ...own, trackId: idOf("tracks") } as const;

export const corpusSchema = {
  users: { access: { owner: "id" }, columns: { id: { type: "id" }, name: { type: "text" } } },
  tracks: {
    ...owned,
    search: ["title"],
    columns: {
      ...own,
      title: { type: "text" },
      genre: { type: "text" },
      seconds: { type: "integer" },
      price: { type: "decimal", scale: 2, nullable: true },
      rating: { type: "float", nullable: true },
      releasedOn: { type: "date", nullable: true },
      createdAt: { type: "timestamp" },
      deletedAt: { type: "timestamp", nullable: true },
    },
  },
  plays: { ...owned, columns: { ...ofTrack, playedAt: { type: "timestamp" }, seconds: { type: "integer" } } },
  playlists: {
    ...owned,
    columns: {
      ...own,
      name: { type: "text" },
      isPublic: { type: "boolean" },
      createdAt: { type: "timestamp" },
    },
  },
  playlistItems: {
    ...owned,
    columns: { ...ofTrack, playlistId: idOf("playlists"), position: { type: "integer" } },
  },
  tags: { ...owned, columns: { ...ofTrack, tag: { type: "text" } } },
  counters: { ...owned, columns: { ...ofTrack, month: { type: "text" }, count: { type: "integer" } } },
  sales: {
    ...owned,
    columns: {
      ...ofTrack,
      soldOn: { type: "date" },
      amount: { type: "decimal", scale: 2 },
      quantity: { type: "integer" },
      country: { type: "text" },
    },
  },
} as const satisfies Record<string, TableDeclaration>;

export type CorpusTables = TablesOf<typeof corpusSchema>;
export const corpusMigrations = `${import.meta.dirname}/migrations`;
export const corpusUser = "ada";

const titles = [
  ...["Morning, slowly", "Blue", "blue rain", "Café Minuit", "Rain on tin", "Zażółć", "Night train"],
  ...["Slow morning", "Deep blue", "Rainbow", "Home", "Été", "The long way", "Cafe noir"],
];
const genres = ["jazz", "rock", "folk", "ambient"];
const tags = ["calm", "loud", "new", "live"];
const countries = ["DE", "FR", "US"];
const tracksPerUser = 16;

const two = (at: number): string => String(at).padStart(2, "0");
const instant = (at: number): string => new Date(Date.UTC(2026, 0, 1) + at * 5 * 3_600_000).toISOString();
const day = (at: number): string => instant(at * 11).slice(0, 10);

/** Deletes all rows, and fills the tables again. */
export async function fillCorpus(database: Database<CorpusTables>): Promise<void> {
  const isSqlite = database.dialect === "sqlite";
  const money = (text: string): string => (isSqlite ? (decimalOf(text, 2) as unknown as string) : text);
  const bit = (value: boolean): boolean => (isSqlite ? (Number(value) as unknown as boolean) : value);
  await database.transaction(async (trx) => {
    for (const table of Object.keys(corpusSchema).toReversed())
      await trx.deleteFrom(table as keyof CorpusTables).execute();
    for (const [userAt, userId] of [corpusUser, "bob"].entries()) {
      const id = (kind: string, at: number) => `${userId}-${kind}-${kind === "list" ? at : two(at)}`;
      const track = (at: number) => id("track", at % tracksPerUser);
      const many = <Row>(count: number, row: (at: number) => Row): Row[] =>
        Array.from({ length: count }, (_, at) => row(at));
      await trx.insertInto("users").values({ id: userId, name: userId }).execute();
      await trx
        .insertInto("tracks")
        .values(
          many(tracksPerUser, (at) => ({
            id: id("track", at),
            userId,
            title: titles[(at + userAt) % titles.length]!,
            genre: genres[(at * 3) % genres.length]!,
            seconds: 120 + ((at * 67) % 260),
            price: at % 5 === 4 ? null : money(`${at % 4}.${two((at * 29) % 100)}`),
            rating: at % 3 === 0 ? null : ((at * 7) % 11) + at / 100,
            releasedOn: at % 4 === 3 ? null : day(at * 5),
            createdAt: instant(at),
            deletedAt: at % 7 === 6 ? instant(at + 50) : null,
          })),
        )
        .execute();
      await trx
        .insertInto("plays")
        .values(
          many(60, (at) => ({
            id: id("play", at),
            userId,
            trackId: track((at * at) % 13),
            playedAt: instant(at * 3),
            seconds: 5 + ((at * 37) % 200),
          })),
        )
        .execute();
      await trx
        .insertInto("playlists")
        .values(
          many(4, (at) => ({
            id: id("list", at),
            userId,
            name: ["Evening", "Work", "Best", "Empty"][at]!,
            isPublic: bit(at % 2 === 0),
            createdAt: instant(at * 9),
          })),
        )
        .execute();
      await trx
        .insertInto("playlistItems")
        .values(
          many(12, (at) => ({
            id: id("item", at),
            userId,
            playlistId: id("list", at % 3),
            trackId: track(at * 5),
            position: Math.floor(at / 3),
          })),
        )
        .execute();
      await trx
        .insertInto("tags")
        .values(many(14, (at) => ({ id: id("tag", at), userId, trackId: track(at), tag: tags[at % 4]! })))
        .execute();
      await trx
        .insertInto("counters")
        .values({ id: id("counter", 0), userId, trackId: track(1), month: "2026-05", count: 7 })
        .execute();
      await trx
        .insertInto("sales")
        .values(
          many(20, (at) => ({
            id: id("sale", at),
            userId,
            trackId: track(at * 3),
            soldOn: day(at * 2),
            amount: money(`${(at * 7) % 12}.${two((at * 31) % 100)}`),
            quantity: 1 + (at % 3),
            country: countries[at % 3]!,
          })),
        )
        .execute();
    }
  });
}
