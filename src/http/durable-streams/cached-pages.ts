// Cache of the pages of finished streams, as they are sent: such a page never changes, and is the same for every reader.

export interface CachedPage {
  /** They are copied into each response at once, which is quicker than one by one. */
  readonly headers: Headers;
  readonly etag: string;
  /** A blob is sent without a copy; bytes would be copied for each response. */
  readonly body: Blob;
}

export interface CachedPages {
  /** Ids of streams are unique across businesses. */
  find(streamId: string, position: number): CachedPage | undefined;
  add(streamId: string, position: number, page: CachedPage): void;
}

export function createCachedPages(bytesMax = 16 << 20): CachedPages {
  /** The least recently used page is first. */
  const pages = new Map<string, CachedPage>();
  let newest: CachedPage | undefined;
  let bytes = 0;
  return {
    find(streamId, position) {
      const name = `${streamId}:${position}`;
      const page = pages.get(name);
      if (page === undefined) return undefined;
      if (page !== newest) {
        pages.delete(name);
        pages.set(name, page);
        newest = page;
      }
      return page;
    },
    add(streamId, position, page) {
      const name = `${streamId}:${position}`;
      if (pages.has(name)) return;
      pages.set(name, page);
      newest = page;
      bytes += costOf(page);
      for (const [oldest, { body }] of pages) {
        if (bytes <= bytesMax) return;
        pages.delete(oldest);
        bytes -= costOf({ body });
      }
    },
  };
}

const overheadBytes = 2_000;

const costOf = ({ body }: Pick<CachedPage, "body">): number => body.size + overheadBytes;
