// Opens the page of a guest who has pieces already. The pieces are made with the API instead of the
// page. This is much faster, because the pieces can be shorter than on the page, and nothing is
// drawn or played.
import type { APIResponse, Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { until } from "../../../../src/testing/until.ts";
import { desktop, openNewPage, type OpenedPage } from "./open-page.ts";

export interface NewPiece {
  readonly prompt: string;
  /** The length in seconds. The default is 10. */
  readonly seconds?: number;
}

/**
 * Makes the pieces in the given order, so the list on the page shows the last piece first. All
 * pieces are complete when the page opens, and none plays.
 */
export async function openWithPieces(
  browser: Browser,
  url: string,
  pieces: readonly NewPiece[],
  options: BrowserContextOptions = desktop,
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  try {
    await checked(context.request.post(`${url}/v1/accounts/guest`, { data: { business: "demo" } }));
    await makePieces(context, url, pieces);
    return await openNewPage(context, url);
  } catch (err) {
    await context.close();
    throw err;
  }
}

/** Makes pieces for the user of the browser's session. Resolves when all pieces are complete. */
export async function makePieces(
  { request }: BrowserContext,
  url: string,
  pieces: readonly NewPiece[],
): Promise<void> {
  const ids: string[] = [];
  for (const { prompt, seconds = 10 } of pieces) {
    const data = { prompt, durationSeconds: seconds };
    const res = await checked(request.post(`${url}/v1/generations`, { data }));
    ids.push(((await res.json()) as { requestId: string }).requestId);
  }
  for (const id of ids)
    await until(
      `the piece ${id} is complete`,
      async () => {
        const res = await checked(request.get(`${url}/v1/generations/${id}`));
        if (((await res.json()) as { state: string }).state === "complete") return true;
        await Bun.sleep(50);
        return false;
      },
      MAKING_MS_MAX,
    );
}

const MAKING_MS_MAX = 50_000;

async function checked(answer: Promise<APIResponse>): Promise<APIResponse> {
  const res = await answer;
  if (!res.ok()) throw new Error(`${res.url()}: ${res.status()} ${await res.text()}`);
  return res;
}
