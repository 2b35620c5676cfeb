// Chooses the colour theme: light, dark, or the theme of the system. The browser stores the choice.
import { createSignal } from "solid-js";
import { stored } from "../storage/stored.ts";

type Theme = "system" | "light" | "dark";

const kept = stored("rondo.theme");
const order: readonly Theme[] = ["system", "light", "dark"];

/**
 * Applies the stored theme to the page immediately. If no theme is stored, the theme of the system
 * applies. `next` changes to the next theme in `order`, and stores and applies it.
 */
export function createTheme() {
  const [theme, setTheme] = createSignal(order.find((one) => one === kept.read()) ?? "system");
  const show = () => {
    if (theme() === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme();
    // Phones use the theme colour for the status bar. In index.html, the light colour comes first.
    const [light, dark] = document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]');
    if (light && dark) {
      light.media =
        theme() === "system" ? "(prefers-color-scheme: light)" : theme() === "light" ? "all" : "not all";
      dark.media =
        theme() === "system" ? "(prefers-color-scheme: dark)" : theme() === "dark" ? "all" : "not all";
    }
  };
  show();
  return {
    theme,
    next: () => {
      setTheme(order[(order.indexOf(theme()) + 1) % order.length]!);
      kept.write(theme());
      show();
    },
  };
}
