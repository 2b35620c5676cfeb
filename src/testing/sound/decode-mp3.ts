// Decodes a whole MP3, for tests. If the file declares the padding that the encoder added at both ends, the padding is
// removed. If the decoder returns one channel, `right` is the same array as `left`.
import { MPEGDecoder } from "mpg123-decoder";

export async function decodeMp3(mp3: Uint8Array): Promise<{ left: Float32Array; right: Float32Array }> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    const { channelData, errors } = decoder.decode(mp3);
    if (errors.length > 0) throw new Error(errors[0]?.message);
    const [left = new Float32Array(0), right = left] = channelData;
    return { left, right };
  } finally {
    decoder.free();
  }
}
