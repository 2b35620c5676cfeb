// Compiles .tsx files for Solid in component tests, which run in Bun. The build of the page uses
// the same Babel preset through vite-plugin-solid.
import { transformAsync } from "@babel/core";
// @ts-expect-error no types are published
import typescript from "@babel/preset-typescript";
// @ts-expect-error no types are published
import solid from "babel-preset-solid";
import type { BunPlugin } from "bun";

export const solidPlugin: BunPlugin = {
  name: "solid",
  setup(build) {
    build.onLoad({ filter: /\.tsx$/ }, async ({ path }) => {
      const out = await transformAsync(await Bun.file(path).text(), {
        filename: path,
        babelrc: false,
        configFile: false,
        sourceMaps: "inline",
        presets: [
          [typescript, { onlyRemoveTypeImports: true, allowImportingTsExtensions: true }],
          [solid, { generate: "dom", hydratable: false }],
        ],
      });
      return { contents: out?.code ?? "", loader: "js" };
    });
  },
};
