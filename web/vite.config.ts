// Holds the settings of Vite, for the build of the page and for its development server.
import { join } from "node:path";
import type { InlineConfig, Rolldown } from "vite";
import solid from "vite-plugin-solid";

const root = import.meta.dirname;

/**
 * Whether a browser loads this module together with the page, before any view. This is true for an entry, and for a
 * module that is imported statically (without `import()`) by an entry or by another module for which it is true.
 * `seen` contains the ids of the modules that were checked already.
 */
function isFirst(id: string, modules: Rolldown.ChunkingContext, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const found = modules.getModuleInfo(id);
  return found?.isEntry === true || found?.importers.some((one) => isFirst(one, modules, seen)) === true;
}

export const config = {
  root,
  configFile: false,
  logLevel: "warn",
  plugins: [solid()],
  build: {
    // The JavaScript is not translated for older browsers. The page needs `light-dark()` of CSS, and every browser that
    // knows `light-dark()` also knows the JavaScript syntax of the page.
    target: "esnext",
    // A font or an icon inside the style sheet would delay the first paint.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The manifest tells the server which files each view needs.
    manifest: true,
    rolldownOptions: {
      // On a busy machine, Rolldown would print advice for authors of plugins.
      checks: { pluginTimings: false },
      input: [join(root, "index.html"), join(root, "src/sw.ts")],
      output: {
        // A service worker controls only the pages of its folder, and its address must not change. So sw.js is in the
        // top folder of the build, and its name has no hash.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // Without groups, each small module that several views share would become a file of its own, with its own
        // request.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: (id, modules) => (isFirst(id, modules) ? "first" : null),
              // The service worker must import nothing, so its code must stay in sw.js.
              test: (id) => !id.endsWith("/sw.ts"),
            },
            // The translator of musical terms has a file of its own, because the list of pieces needs no such terms and
            // so doesn't wait for this file.
            { name: "music", test: /i18n\/music\.ts$/ },
            { name: "parts", minShareCount: 2 },
          ],
        },
      },
    },
  },
} satisfies InlineConfig;

/** The console is built separately, because shared chunks would make the page larger. */
export const consoleConfig = {
  ...config,
  build: {
    ...config.build,
    manifest: false,
    emptyOutDir: false,
    copyPublicDir: false,
    rolldownOptions: { checks: config.build.rolldownOptions.checks, input: join(root, "console.html") },
  },
} satisfies InlineConfig;
