// Draws an SVG as a PNG, with resvg. No font is loaded, so text in the SVG is not drawn.
import { readFile } from "node:fs/promises";
import { makeOnce } from "../../../make-once.ts";

/** The library is loaded when the first picture is drawn. */
const load = makeOnce(async () => {
  const resvg = await import("@resvg/resvg-wasm");
  await resvg.initWasm(await readFile(new URL(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"))));
  return resvg;
});

export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await load();
  const drawing = new Resvg(svg);
  try {
    return drawing.render().asPng();
  } finally {
    drawing.free();
  }
}
