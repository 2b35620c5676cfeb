// Tests that no part of a hosted generator's address is ignored: either the part is used, or the address is refused.
import { expect, test } from "bun:test";
import { acestep } from "../acestep/index.ts";
import { findPlace as findAceStep } from "../acestep/place.ts";
import { elevenlabs } from "../elevenlabs/index.ts";
import { findPlace as findElevenLabs } from "../elevenlabs/place.ts";
import { lyria } from "../lyria/index.ts";
import { findPlace as findLyria } from "../lyria/place.ts";

test("the path of an address is used, with or without a slash at its end", () => {
  for (const end of ["", "/"]) {
    expect(findElevenLabs(`elevenlabs:https://proxy.example/base${end}?mode=plan`)).toEqual({
      base: "https://proxy.example/base",
      mode: "plan",
      model: "music_v1",
    });
    expect(findAceStep(`acestep+http://proxy.example:8001/base${end}`)?.base).toBe(
      "http://proxy.example:8001/base",
    );
    expect(findLyria(`lyria:wss://proxy.example/base${end}`)?.url).toStartWith(
      "wss://proxy.example/base/ws/google.",
    );
  }
  expect(findElevenLabs("elevenlabs:")?.base).toBe("https://api.elevenlabs.io");
});

test("an address with an unknown parameter, a user or a password is refused", () => {
  const addresses = [
    [elevenlabs, "elevenlabs:https://proxy.example"],
    [lyria, "lyria:wss://proxy.example"],
    [acestep, "acestep+http://proxy.example"],
  ] as const;
  for (const [technology, address] of addresses) {
    expect(technology.faultOf(`${address}?model=x`)).toBeUndefined();
    expect(technology.faultOf(`${address}?modell=x`)).toContain("?model=…");
    expect(technology.faultOf(address.replace("//", "//user@"))).toBeString();
    expect(technology.faultOf(address.replace("//", "//:s3cret@"))).toBeString();
  }
});
