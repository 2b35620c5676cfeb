import { expect, test } from "bun:test";
import { crc32c } from "./crc32c.ts";

test("the checksums are those of RFC 3720, appendix B.4", () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, at) => at);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(ascending)).toBe(0x46dd794e);
  expect(crc32c(ascending.toReversed())).toBe(0x113fdb5c);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array())).toBe(0);
});

test("a checksum that is computed in pieces equals the checksum of the whole content", () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, at) => (at * 7919) >>> 3);
  const whole = crc32c(bytes);
  for (const step of [1, 3, 8, 13, 999]) {
    let crc = 0;
    for (let at = 0; at < bytes.length; at += step) crc = crc32c(bytes.subarray(at, at + step), crc);
    expect(crc).toBe(whole);
  }
});
