// Shows a small cover of a piece. The cover is an SVG and not a canvas, because a browser would composite every canvas
// of a long list separately in each frame.
import { createMemo } from "solid-js";
import { COVER_SIZE, coverPaths } from "../hear/cover-paths.ts";

export function Cover(props: { peaks: string | null }) {
  const paths = createMemo(() => coverPaths(props.peaks));
  return (
    <svg
      class="cover"
      viewBox={`0 0 ${COVER_SIZE} ${COVER_SIZE}`}
      stroke-opacity={paths().opacity}
      stroke-width={COVER_SIZE / 32}
      aria-hidden="true"
    >
      <path class="refrain" d={paths().accent} />
      <path d={paths().ink} />
    </svg>
  );
}
