// Limits peaks with look-ahead: the limiter sees a peak in advance, reduces the gain smoothly before the peak, and
// restores the gain slowly after it.

export const lookAhead = 256;
const releaseSeconds = 0.18;

export interface Limiter {
  /**
   * Replaces the first `count` samples of both channels by limited samples. All calls together limit one sound. The
   * output is `latency` samples later than the input. So the output begins with `latency` samples of silence, and the
   * last `latency` input samples of a call are in the output of later calls.
   */
  run(left: Float32Array, right: Float32Array, count: number): void;
  readonly latency: number;
}

/**
 * `ceiling`: the maximum absolute value of the output samples. Choose it below -1 dB, because MP3 encoding raises some
 * peaks, and the peaks of the MP3 should stay below -1 dB.
 */
export const createLimiter = (sampleRate: number, ceiling: number): Limiter => {
  const delayedLeft = new Float32Array(lookAhead);
  const delayedRight = new Float32Array(lookAhead);
  // A monotone queue of the gains that the last samples need, with their positions. Its first gain is the smallest one.
  const queuePlaces = new Float64Array(lookAhead + 2);
  const queueGains = new Float64Array(lookAhead + 2);
  let head = 0;
  let queued = 0;
  const window = new Float64Array(lookAhead).fill(1);
  let windowSum = lookAhead;
  let held = 1;
  let clock = 0;
  const release = 1 - Math.exp(-1 / (releaseSeconds * sampleRate));
  const size = lookAhead + 2;
  const smallestWith = (wanted: number): number => {
    while (queued > 0 && queueGains[(head + queued - 1) % size]! >= wanted) queued--;
    queuePlaces[(head + queued) % size] = clock;
    queueGains[(head + queued) % size] = wanted;
    queued++;
    if (queuePlaces[head]! < clock - lookAhead) {
      head = (head + 1) % size;
      queued--;
    }
    return queueGains[head]!;
  };
  return {
    latency: lookAhead,
    run: (left, right, count) => {
      for (let at = 0; at < count; at++) {
        const inLeft = left[at]!;
        const inRight = right[at]!;
        const peak = Math.max(Math.abs(inLeft), Math.abs(inRight));
        const smallest = smallestWith(peak > ceiling ? ceiling / peak : 1);
        held = smallest < held ? smallest : held + (smallest - held) * release;
        // The mean over the window turns a step into a ramp that ends just before the peak.
        const slot = clock % lookAhead;
        windowSum += held - window[slot]!;
        window[slot] = held;
        const gain = windowSum / lookAhead;
        left[at] = Math.max(-ceiling, Math.min(ceiling, delayedLeft[slot]! * gain));
        right[at] = Math.max(-ceiling, Math.min(ceiling, delayedRight[slot]! * gain));
        delayedLeft[slot] = inLeft;
        delayedRight[slot] = inRight;
        clock++;
      }
    },
  };
};
