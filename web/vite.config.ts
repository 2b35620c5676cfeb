// Holds the settings of Vite, for the build of the page and for its development server.
import { join } from "node:path";
import type { InlineConfig } from "vite";
import solid from "vite-plugin-solid";

const root = import.meta.dirname;

export const config = {
  root,
  configFile: false,
  logLevel: "warn",
  plugins: [solid()],
  build: {
    // The page needs `light-dark()` of CSS, so every browser that can show it also knows the newest syntax.
    target: "esnext",
    // A font or an icon inside the style sheet would delay the first paint.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // On a busy machine, Rolldown would print advice for authors of plugins.
      checks: { pluginTimings: false },
      input: [join(root, "index.html"), join(root, "src/sw.ts")],
      output: {
        // A service worker controls the pages of its folder, and its address must not change. It must import nothing.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
} satisfies InlineConfig;

/** The console is built separately, because shared chunks would make the page larger. */
export const consoleConfig = {
  ...config,
  build: {
    ...config.build,
    emptyOutDir: false,
    copyPublicDir: false,
    rolldownOptions: { ...config.build.rolldownOptions, input: join(root, "console.html") },
  },
} satisfies InlineConfig;
