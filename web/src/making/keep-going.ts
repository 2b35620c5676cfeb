// While "Keep going" is chosen, requests a similar piece near the end of each piece, so that the music continues. This
// module is loaded only when a person chooses "Keep going".
import { createEffect } from "solid-js";
import { noticeError } from "../shell/notices.ts";
import type { TrackSummary } from "../api/wire.ts";
import type { Listening } from "../player/create-listening.ts";
import type { Playable } from "../player/create-player.ts";
import type { Asking } from "./create-asking.ts";

interface KeepGoingDeps {
  readonly listening: Listening;
  readonly asking: Pick<Asking, "another">;
}

/** The request of the piece that plays next. */
interface Next {
  /** The id of the version after which the next piece plays. */
  readonly after: string;
  /** Undefined if the request has failed. */
  readonly track: Promise<TrackSummary | undefined>;
  hasFailed: boolean;
}

/** The next piece is requested this many seconds before the end, so that it can begin in time. */
const AHEAD_SECONDS = 10;

export function keepGoing({ listening, asking }: KeepGoingDeps): void {
  const { player } = listening;
  let next: Next | undefined;

  /**
   * Requests the next piece one time. After a failed request, shows the error and resolves with undefined. The request
   * is sent again only after `forgetFailed` was called.
   */
  function nextAfter(piece: Playable): Promise<TrackSummary | undefined> {
    if (next?.after === piece.versionId) return next.track;
    const track = asking.another(piece).catch((err: unknown) => {
      noticeError(err);
      requested.hasFailed = true;
      return undefined;
    });
    const requested: Next = { after: piece.versionId, track, hasFailed: false };
    next = requested;
    return track;
  }

  /** Call this function when a piece begins or has ended. If the latest request failed, it can be sent again then. */
  function forgetFailed(): void {
    if (next?.hasFailed) next = undefined;
  }

  createEffect(() => {
    const piece = player.playing();
    const left = listening.duration() - player.seconds();
    if (left >= AHEAD_SECONDS || piece?.versionId !== next?.after) forgetFailed();
    if (piece && listening.repeat() === "more" && player.isSounding() && !listening.isMaking())
      if (left > 0 && left < AHEAD_SECONDS) void nextAfter(piece);
  });
  async function playNext() {
    const piece = player.playing();
    const track = piece && (await nextAfter(piece));
    // In the meantime, the person can have opened another piece.
    if (track && player.playing() === piece) listening.play(track);
    forgetFailed();
  }
  listening.ended.on(() => void playNext());
}
