// Tests the errors for a wrong passphrase of a backup, and for a damaged master key in a backup.
import { expect, test } from "bun:test";
import { codeOf } from "../testing/studio.ts";
import { openMasterKey, sealMasterKey } from "./sealed-key.ts";

test("a wrong passphrase or a damaged sealed key is refused with INVALID_PARAMETER", async () => {
  const sealed = sealMasterKey(new Uint8Array(32).fill(7), "a long passphrase");
  if (sealed.kind !== "sealed") throw new Error("the key is not sealed");
  const opened = async (key: typeof sealed, passphrase: string) => openMasterKey(key, passphrase);
  expect(await opened(sealed, "a long passphrase")).toEqual(new Uint8Array(32).fill(7));
  expect(await codeOf(opened(sealed, "another passphrase"))).toBe("INVALID_PARAMETER");
  expect(await codeOf(opened({ ...sealed, cost: 1000 }, "a long passphrase"))).toBe("INVALID_PARAMETER");
});
