// Combines two object stores while objects are being moved from the former store to the new store.
// The combined store writes only to the new store. It reads and deletes in both stores.
import type { ObjectPage, ObjectStore } from "./object-store.ts";

/**
 * `store` is the new store. In `former`, objects are only read and deleted, never written. The returned store relies on
 * a rule of Rondo: an object that is written again at the same key has the same content.
 */
export function createMovingObjects(store: ObjectStore, former: ObjectStore): ObjectStore {
  /**
   * Looks in the new store, then in the former store, then in the new store again. The third look
   * finds an object that was moved between the first look and the second look.
   */
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
      // The object is deleted in the former store first, because `move-objects.ts` can be copying it at the same time.
      // After the copy, `move-objects.ts` looks for the object in the former store, and deletes the copy if the object
      // is gone. If this method deleted the object in the new store first, `move-objects.ts` could write the copy after
      // this deletion, and look for the object before the former store deletes it. Then the copy would remain.
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

/**
 * Joins two pages of the same filter. A path that is in both pages is listed once, with the facts of the first page.
 */
function joinPages(first: ObjectPage, second: ObjectPage, limit = 1_000): ObjectPage {
  const byPath = new Map([...second.items, ...first.items].map((item) => [item.path, item]));
  // A page with `next` is incomplete: the store of the page can have more objects after `next`. So the joined page
  // ends at `next`. If both pages have a `next`, the joined page ends at the smaller one.
  const ends = [first.next, second.next].filter((next) => next !== undefined).toSorted(byCharacters);
  const known = [...byPath.values()]
    .filter(({ path }) => ends[0] === undefined || path <= ends[0])
    .toSorted((a, b) => byCharacters(a.path, b.path));
  const most = Math.max(1, Math.min(limit, 1_000));
  const items = known.slice(0, most);
  return { items, next: known.length > most ? items.at(-1)?.path : ends[0] };
}

/** The paths of objects consist of ASCII characters, so their order by characters is their order by bytes. */
const byCharacters = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
