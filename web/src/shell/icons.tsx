// Draws the icons of the lists and the player, as SVG paths.
import { Icon, line } from "./icon.tsx";

export const PlayIcon = () => (
  <Icon>
    <path
      fill="currentColor"
      d="M8 5.2v13.6c0 .8.9 1.3 1.6.8l10-6.8c.6-.4.6-1.2 0-1.6l-10-6.8C8.9 4 8 4.4 8 5.200Z"
    />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path fill="currentColor" d="M7 5h3.200v14H7zM13.8 5H17v14h-3.200z" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="6.5" y="6.5" width="11" height="11" rx="1.5" fill="currentColor" />
  </Icon>
);
export const SpeakerIcon = (props: { muted: boolean }) => (
  <Icon>
    <path d="M4 9.500v5h3l4 3.500V6L7 9.500H4Z" {...line} />
    <path
      d={props.muted ? "m15 9.5 5 5m0-5-5 5" : "M14.5 9a4.2 4.2 0 0 1 0 6M17 6.500a7.8 7.8 0 0 1 0 11"}
      {...line}
    />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M6 12h.01M12 12h.01M18 12h.01" {...line} stroke-width="2.6" />
  </Icon>
);
export const NextIcon = (props: { back?: boolean }) => (
  <Icon>
    <g transform={props.back ? "rotate(180 12 12)" : undefined}>
      <path fill="currentColor" d="M6 6v12l9.500-6zM16.5 6H19v12h-2.500z" />
    </g>
  </Icon>
);
/** In a list, marks the piece or version that is playing. */
export const SoundIcon = () => (
  <Icon>
    <path d="M7 14v-4M12 18V6M17 15V9" {...line} stroke-width="2.4" />
  </Icon>
);
export const HeartIcon = (props: { filled: boolean }) => (
  <Icon>
    <path
      d="M12 19.500C5.500 15 3.500 12 3.500 9a4.300 4.300 0 0 1 8.500-1.200A4.300 4.300 0 0 1 20.500 9c0 3-2 6-8.500 10.500Z"
      {...line}
      fill={props.filled ? "currentColor" : "none"}
    />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m6.5 6.5 11 11m0-11-11 11" {...line} />
  </Icon>
);
export const RetryIcon = () => (
  <Icon>
    <path d="M19 12a7 7 0 1 1-2.2-5.100M19 4v4h-4" {...line} />
  </Icon>
);
