import { expect, test } from "bun:test";
import { waveformDat, waveformJson } from "./waveform-file.ts";

const waveform = {
  peaks: Uint8Array.from([0x80, 0x7f, 0xff, 0x01]),
  sampleRate: 44_100,
  samplesPerPeak: 882,
  sections: [{ startMs: 0, name: "verse" }],
  bars: [{ bar: 1, startMs: 0, section: "verse", chords: [{ startMs: 0, name: "Am" }] }],
};

test("the .dat file has the bytes of audiowaveform's data format, version 2", () => {
  expect(Buffer.from(waveformDat(waveform)).toString("hex")).toBe(
    ["02000000", "01000000", "44ac0000", "72030000", "02000000", "01000000", "807fff01"].join(""),
  );
});

test("the JSON file contains the peaks, sections, bars and chords", () => {
  expect(JSON.parse(waveformJson(waveform))).toEqual({
    version: 2,
    channels: 1,
    sample_rate: 44_100,
    samples_per_pixel: 882,
    bits: 8,
    length: 2,
    data: [-128, 127, -1, 1],
    sections: waveform.sections,
    bars: waveform.bars,
  });
});

test("a minimum without a maximum at the end of the peaks is left out", () => {
  const odd = { ...waveform, peaks: waveform.peaks.subarray(0, 3) };
  expect(waveformDat(odd)).toHaveLength(26);
  expect(JSON.parse(waveformJson(odd)).data).toEqual([-128, 127]);
});
