// Draws the icon of the colour theme.
import { Icon, line } from "./icon.tsx";

export const ThemeIcon = (props: { theme: "system" | "light" | "dark" }) => (
  <Icon>
    <circle cx="12" cy="12" r="7.5" {...line} fill={props.theme === "dark" ? "currentColor" : "none"} />
    <path d="M12 4.500a7.5 7.5 0 0 1 0 15Z" fill={props.theme === "system" ? "currentColor" : "none"} />
  </Icon>
);
