// Creates the audio intake of a process, which converts the audio of any generator to chunks in
// Rondo's MP3 format. One thread converts all audio. The thread starts with the first conversion,
// or at once if `isWarm` is set. If the thread has failed, the next conversion starts a new thread.

import { AppError } from "../errors.ts";
import type { AudioIntake } from "../ports/generator/audio-intake.ts";
import { type AudioIntakeSettings, type IntakeThread, startIntakeThread } from "./intake-thread.ts";
import { sendSource } from "./send-source.ts";

export function createAudioIntake(settings: AudioIntakeSettings = {}): AudioIntake {
  let thread: IntakeThread | undefined;
  let isClosed = false;
  if (settings.isWarm) thread = startIntakeThread(settings);
  return {
    take: (source, options, signal) => {
      if (isClosed) throw new AppError("UNAVAILABLE", "The audio intake is shutting down.");
      signal.throwIfAborted();
      if (thread === undefined || thread.isBroken) thread = startIntakeThread(settings);
      const session = thread.open(options, signal);
      void sendSource(source, session);
      return session.chunks;
    },
    close: async () => {
      isClosed = true;
      thread?.close();
    },
  };
}
