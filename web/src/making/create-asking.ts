// Requests pieces and versions. As soon as the server has accepted a request, the piece or version is shown in the
// list, even if no audio has been made yet.
import { t } from "../i18n/translate.ts";
import { batch, createSignal } from "solid-js";
import { getGeneration, type StartInput, startGeneration, startVersion, stopGeneration } from "../api/api.ts";
import { nextTask } from "../shell/next-task.ts";
import { noticeError, noticeUndone } from "../shell/notices.ts";
import { ensureSession } from "../api/session.ts";
import type { StartedVersion, TrackSummary, VersionSummary } from "../api/wire.ts";
import type { Library } from "../library/create-library.ts";
import { newTrack, newVersion, titleOf } from "../library/new-track.ts";
import type { Listening } from "../player/create-listening.ts";
import type { Playable } from "../player/create-player.ts";
import type { Makings } from "./create-makings.ts";
import { isFinal } from "./making.ts";

interface AskingDeps {
  readonly makings: Makings;
  readonly library: Library;
  readonly listening: Listening;
}

export interface MakeInput extends StartInput {
  /** Whether two pieces are made from the prompt, with different seeds, to compare them. */
  readonly isTwoTakes?: boolean | undefined;
}

/** The length that is assumed for a piece or a version if its planned length is not known. */
const PLANNED_MS = 60_000;
const SECONDS_MIN = 10;
const SEED_MAX = 0xffff_ffff;

export function createAsking({ makings, library, listening }: AskingDeps) {
  const { player } = listening;
  const [isAsking, setAsking] = createSignal(false);
  /** The words that the generator did not understand in the last prompt. */
  const [missed, setMissed] = createSignal<readonly string[]>([]);
  /** The track ids of the last two takes, which are two pieces that were requested with one prompt. */
  const [takes, setTakes] = createSignal<readonly string[]>([]);
  /**
   * The pieces that were requested on this page and that the user has not renamed. These pieces get
   * the title that the composer chooses. Maps the request id to the track id.
   */
  const untitled = new Map<string, string>();

  function retitle(trackId: string, title: string) {
    library.retitle(trackId, title);
    player.retitle(trackId, title);
  }
  makings.started.on(({ requestId, title }) => {
    const trackId = untitled.get(requestId);
    if (trackId) retitle(trackId, title);
  });
  makings.finished.on(() => void library.load());
  // Each time the list is loaded, its unfinished generations are followed. So they are also followed after a reload of
  // the page.
  library.listed.on((items) => {
    for (const { id, title, versions } of items) {
      if (![...untitled.values()].includes(id)) player.retitle(id, title);
      for (const { requestId, state, durationMs } of versions)
        if (requestId && !isFinal(state))
          makings.follow(requestId, { title, plannedMs: durationMs ?? PLANNED_MS, state });
    }
  });

  /**
   * Runs `ask`, which requests a piece or a version. The current piece continues to play until the
   * server has accepted the request. If `ask` rejects, the promise rejects with the same error.
   */
  async function opening<T>(ask: () => Promise<T>): Promise<T> {
    const isFirst = player.playing() === undefined;
    setAsking(true);
    if (isFirst) listening.expect();
    try {
      return await ask();
    } catch (err) {
      // If the request for the second of two takes fails, the first take is already playing, and plays on.
      if (isFirst && player.playing() === undefined) player.release();
      throw err;
    } finally {
      setAsking(false);
    }
  }

  function followFirst(
    { title }: TrackSummary,
    { requestId, durationMs, state }: VersionSummary,
    isEndless = false,
  ) {
    makings.follow(requestId!, { title, plannedMs: durationMs ?? PLANNED_MS, state, isEndless, first: true });
  }

  /** Requests a piece, and shows it in the list. If `isPlayed` is true, also plays it. Rejects if the request fails. */
  async function request(input: StartInput, isPlayed = false): Promise<TrackSummary> {
    const { prompt, durationSeconds } = input;
    const started = await startGeneration(input);
    const track = newTrack(started, titleOf(prompt), prompt, durationSeconds);
    const [version] = track.versions;
    // The batch delays the drawing of the page until `listening.begin` has requested the audio.
    batch(() => {
      if (isPlayed) listening.begin(track, version!);
      setMissed(started.notUnderstood ?? []);
      untitled.set(started.requestId, started.trackId);
      followFirst(track, version!, durationSeconds === "endless");
    });
    // The player is drawn in this task, and the list in a later task. So a button that is pressed meanwhile need not
    // wait for the list.
    await nextTask();
    // In the meantime, the composer has possibly chosen the title.
    library.add({ ...track, title: makings.get(started.requestId)?.title ?? track.title });
    return track;
  }

  /**
   * Requests a piece, or two takes. Does nothing while another request is being sent. If a request fails, shows a
   * message, and does not reject. `accepted`: the first take, if the server has already accepted it. Then only the
   * second take is requested.
   */
  async function make({ isTwoTakes, ...input }: MakeInput, accepted?: TrackSummary) {
    if (isAsking()) return;
    const { prompt } = input;
    let first = accepted;
    await opening(async () => {
      first ??= await request(input, true);
      if (!isTwoTakes) return;
      // The two takes need different seeds. If the input has a seed, the second take gets the next number as its seed.
      // Otherwise the server chooses both seeds.
      const second = await request(
        input.seed === undefined ? input : { ...input, seed: (input.seed + 1) % SEED_MAX },
      );
      setTakes([first.id, second.id]);
    }).catch((err: unknown) => {
      noticeUndone(
        err,
        t("“{title}” was not sent, because the server can’t be reached.", { title: titleOf(prompt) }),
        () => void make({ ...input, isTwoTakes }, first),
      );
    });
  }

  /**
   * Requests a new version of the track: the version `parent`, changed as the instruction says. Then plays the new
   * version and shows it in the list. If the request fails, the current piece plays on, and the promise rejects with
   * the error.
   */
  async function change(
    track: TrackSummary,
    parent: VersionSummary,
    instruction: string,
  ): Promise<StartedVersion> {
    return opening(async () => {
      const started = await startVersion(parent.id, instruction);
      const number = Math.max(...track.versions.map((one) => one.number)) + 1;
      const version = newVersion(started, parent, instruction, number);
      batch(() => {
        listening.begin(track, version);
        followFirst(track, version);
        library.addVersion(track.id, version);
      });
      // The list is loaded again, because the instruction can change the title or the length.
      void library.load();
      return started;
    });
  }

  /**
   * Returns a request for another piece like `piece`, with the same prompt, options and generator. The length is also
   * the same, but at least `SECONDS_MIN`. The request has no seed, so the server chooses a new seed.
   */
  async function likeCurrent(piece: Playable): Promise<StartInput> {
    const plannedMs = listening.making()?.plannedMs || piece.seconds * 1000 || PLANNED_MS;
    const { options, generator, durationSeconds } = await getGeneration(piece.requestId!);
    return {
      prompt: piece.prompt,
      durationSeconds:
        durationSeconds === "endless" ? durationSeconds : Math.max(SECONDS_MIN, Math.round(plannedMs / 1000)),
      options: options ?? undefined,
      generator: generator ?? undefined,
    };
  }

  async function rename(trackId: string, title: string): Promise<void> {
    for (const [requestId, id] of untitled) if (id === trackId) untitled.delete(requestId);
    player.retitle(trackId, title);
    await library.rename(trackId, title, rename);
    // If the server has refused the new name, the library has restored the old name. The player then shows the old
    // name, too.
    player.retitle(trackId, library.get(trackId)?.title ?? title);
  }

  return {
    isAsking,
    missed,
    takes,
    make,
    change,
    /**
     * Requests a piece that is similar to `piece`, and shows it in the list without playing it. If
     * a request fails, the promise rejects with the error.
     */
    async another(piece: Playable): Promise<TrackSummary> {
      return request(await likeCurrent(piece));
    },
    /**
     * Requests the current piece again, for example after it failed or was stopped. A version is
     * made again from its parent. A piece without a parent is made again with another seed.
     */
    makeAgain() {
      const piece = player.playing();
      const track = listening.track();
      const version = listening.version();
      const parent = track?.versions.find((one) => one.id === version?.parentId);
      if (parent) void change(track!, parent, version!.instruction ?? "another take").catch(noticeError);
      else if (piece) void likeCurrent(piece).then(make).catch(noticeError);
    },
    async stop() {
      const requestId = player.playing()?.requestId;
      if (requestId) await stopGeneration(requestId).catch(noticeError);
    },
    rename,
    /**
     * Prepares the audio source and the session while a person is still typing, so that Enter does not wait for them.
     */
    warmUp() {
      player.prepare();
      ensureSession().catch(() => undefined);
    },
  };
}

export type Asking = ReturnType<typeof createAsking>;
