// Starts a stand-in for a generator that gets one POST request for each piece and responds with a sound file.
import { type FarRequest, type FarSide, startFarSide } from "./far-side.ts";
import { type Sound, type SoundFault, soundReply } from "./sound-replies.ts";

export const startOnePost = (sound: Sound, fault: SoundFault = "none"): Promise<FarSide> =>
  startFarSide((request: FarRequest, at) => soundReply(fault, sound, request, at));
