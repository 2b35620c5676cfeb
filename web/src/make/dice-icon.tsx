// Draws a die, the icon of the button that writes a random idea into the prompt.
import { Icon, line } from "../shell/icon.tsx";

export const DiceIcon = () => (
  <Icon>
    <rect x="4" y="4" width="16" height="16" rx="3.5" {...line} />
    <path
      d="M8.5 8.500h.01M15.5 8.500h.01M12 12h.01M8.5 15.500h.01M15.5 15.500h.01"
      {...line}
      stroke-width="2.4"
    />
  </Icon>
);
