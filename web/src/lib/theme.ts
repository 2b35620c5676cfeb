// The colour theme: light, dark, or that of the system. The browser stores the choice.
import { createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark";

const KEY = "rondo.theme";
const order: readonly Theme[] = ["system", "light", "dark"];

export function createTheme() {
  const stored = localStorage.getItem(KEY) as Theme | null;
  const [theme, setTheme] = createSignal<Theme>(stored && order.includes(stored) ? stored : "system");
  const show = () => {
    if (theme() === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme();
  };
  show();
  return {
    theme,
    next: () => {
      setTheme(order[(order.indexOf(theme()) + 1) % order.length]!);
      localStorage.setItem(KEY, theme());
      show();
    },
  };
}
