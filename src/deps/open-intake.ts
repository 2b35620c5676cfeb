// Opens the audio intake of a process.
import { AppError } from "../errors.ts";
import type { AudioIntake } from "../ports/generator/audio-intake.ts";

// Until src/intake exists, no technology that takes audio in can be opened either.
export const openIntake = (): AudioIntake => ({
  take: () => {
    throw new AppError("UNAVAILABLE", "This version can't take in a generator's audio yet.");
  },
  close: () => Promise.resolve(),
});
