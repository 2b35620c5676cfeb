// Chooses the colour theme: light, dark, or that of the system. The browser stores the choice.
import { createSignal } from "solid-js";
import { stored } from "../storage/stored.ts";

type Theme = "system" | "light" | "dark";

const kept = stored("rondo.theme");
const order: readonly Theme[] = ["system", "light", "dark"];

export function createTheme() {
  const [theme, setTheme] = createSignal(order.find((one) => one === kept.read()) ?? "system");
  const show = () => {
    if (theme() === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme();
    // Phones use this colour for the status bar.
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
