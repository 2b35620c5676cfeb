// Plays one link with one player program, and measures when the program wrote the first sound to
// its file, and how long the sound was.
import { chmod, open } from "node:fs/promises";
import { join } from "node:path";
import { createTemporaryDirectory } from "../../temporary-directory.ts";
import type { Program } from "./programs.ts";

export interface Played {
  /** The time from the start of the program to its first sound, in seconds; undefined if there was no sound. */
  readonly firstSoundSeconds: number | undefined;
  /**
   * The length of the sound without silence at its beginning and end. If the program writes the bytes as it received
   * them (`gives` is "bytes"), the length is calculated as for MP3 with 128 kbit/s.
   */
  readonly playedSeconds: number;
  /** Undefined if the time limit was reached or a signal ended the program. */
  readonly exitCode: number | undefined;
  /** The standard output, followed by the standard error. */
  readonly said: string;
}

const soundBytesPerSecond = 44_100 * 4;
const mp3BytesPerSecond = 16_000;

/**
 * Waits until the program ends. After `limitMs`, the program is killed. `onFirstSound` is called at most once. The file
 * is examined every 25 ms, so for a very short sound the call may come after the program's end, or not at all.
 */
export async function play(
  program: Program,
  url: string,
  limitMs: number,
  onFirstSound?: () => void,
): Promise<Played> {
  await using directory = await createTemporaryDirectory();
  await chmod(directory.path, 0o777);
  const file = join(directory.path, "sound");
  const isRoot = process.getuid?.() === 0;
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const begunMs = performance.now();
  const child = Bun.spawn(
    [...(program.isNeverRoot === true && isRoot ? asNobody : []), ...program.command(url, file)],
    {
      env: {
        ...process.env,
        ...(program.isNeverRoot === true ? { HOME: directory.path } : {}),
        ...program.environment?.(file),
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const said = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const watched = watch(file);
  let firstSoundMs: number | undefined;
  const limit = AbortSignal.timeout(limitMs);
  while (child.exitCode === null && child.signalCode === null && !limit.aborted) {
    await Promise.race([Bun.sleep(25), child.exited]);
    const { firstSound } = await watched();
    if (firstSound === undefined || firstSoundMs !== undefined) continue;
    firstSoundMs = performance.now() - begunMs;
    onFirstSound?.();
  }
  if (limit.aborted) child.kill("SIGKILL");
  await child.exited;
  const { firstSound, bytes } = await watched();
  if (firstSound !== undefined) firstSoundMs ??= performance.now() - begunMs;
  const rate = program.gives === "sound" ? soundBytesPerSecond : mp3BytesPerSecond;
  return {
    firstSoundSeconds: firstSoundMs === undefined ? undefined : firstSoundMs / 1_000,
    playedSeconds: firstSound === undefined ? 0 : (bytes - firstSound) / rate,
    exitCode: limit.aborted ? undefined : (child.exitCode ?? undefined),
    said: (await said).join("").trim(),
  };
}

/**
 * Returns a function that finds the sound in the file at `path`. Each call reads only what the player has added since
 * the previous call. `firstSound` is the offset of the first byte that is not 0. `bytes` is the offset after the last
 * byte that is not 0.
 */
function watch(path: string) {
  let seen = 0;
  let firstSound: number | undefined;
  let bytes = 0;
  return async () => {
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return { firstSound, bytes };
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(1 << 20), 0, 1 << 20, seen);
        if (bytesRead === 0) return { firstSound, bytes };
        const news = buffer.subarray(0, bytesRead);
        const first = news.findIndex((byte) => byte !== 0);
        if (first !== -1) {
          firstSound ??= seen + first;
          bytes = seen + news.findLastIndex((byte) => byte !== 0) + 1;
        }
        seen += bytesRead;
      }
    } finally {
      await file.close();
    }
  };
}
