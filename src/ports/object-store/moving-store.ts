// Opens an object store whose content is being moved here from a former store: it writes to the new store, and reads from both.
import type { ObjectPage, ObjectStore } from "./object-store.ts";

/**
 * `former` is only read, and objects are deleted there. The store relies on a rule of Rondo: an object that is written
 * again at the same key has the same content.
 */
export function createMovingObjects(store: ObjectStore, former: ObjectStore): ObjectStore {
  /** The second look at the new store finds an object that arrived there during the first two looks. */
  async function findFirst<T>(look: (where: ObjectStore) => Promise<T | undefined>): Promise<T | undefined> {
    return (await look(store)) ?? (await look(former)) ?? look(store);
  }

  return {
    write: (key, content, options) => store.write(key, content, options),
    read: (key, range) => findFirst((where) => where.read(key, range)),
    head: (key) => findFirst((where) => where.head(key)),
    async list(filter) {
      return joinPages(await store.list(filter), await former.list(filter), filter.limit);
    },
    async delete(key) {
      // The former store comes first: `move-objects.ts` looks there after each copy, to find deletions.
      const wasFormer = await former.delete(key);
      return (await store.delete(key)) || wasFormer;
    },
    async sweep(olderThanMs) {
      return (await store.sweep(olderThanMs)) + (await former.sweep(olderThanMs));
    },
    async close() {
      await store.close();
      await former.close();
    },
  };
}

/** Joins two pages of the same filter. A path that is in both is listed once, with the facts of the first page. */
function joinPages(first: ObjectPage, second: ObjectPage, limit = 1_000): ObjectPage {
  const byPath = new Map([...second.items, ...first.items].map((item) => [item.path, item]));
  // Beyond the end of an incomplete page, its store may have objects that are not listed yet.
  const ends = [first.next, second.next].filter((next) => next !== undefined).toSorted(byCharacters);
  const known = [...byPath.values()]
    .filter(({ path }) => ends[0] === undefined || path <= ends[0])
    .toSorted((a, b) => byCharacters(a.path, b.path));
  const most = Math.max(1, Math.min(limit, 1_000));
  const items = known.slice(0, most);
  return { items, next: known.length > most ? items.at(-1)?.path : ends[0] };
}

/** Paths of objects consist of ASCII characters, so this order is that of their bytes. */
const byCharacters = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
