// Defines the job that copies the audio of a version from the object store back into the chunk store.
import { type AudioJobData, audioJobData, audioJobInput } from "./audio-job-data.ts";

export const downloadJob = {
  name: "audio.download",
  schema: audioJobData,
  inputOf: (audio: AudioJobData) => audioJobInput(downloadJob.name, audio),
} as const;
