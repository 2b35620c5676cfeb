// A process that writes an object slowly, for a test to kill in the middle.
import { createFileObjectStore } from "./file.ts";

if (import.meta.main) {
  const [folder = "", path = ""] = process.argv.slice(2);
  const store = createFileObjectStore({ folder, partBytes: 300_000 });
  const content = (async function* (): AsyncGenerator<Uint8Array> {
    for (let chunk = 0; ; chunk++) {
      yield new Uint8Array(100_000);
      if (chunk === 20) process.stdout.write("halfway\n");
      if (chunk > 20) await Bun.sleep(20);
    }
  })();
  await store.write({ businessId: "acme", path }, content, { contentType: "audio/mpeg" });
}
