// Writes a generated file if its content has changed.
import { fileURLToPath } from "node:url";

/** If the file has another content or does not exist, writes it, and prints its path. */
export async function updateFile(file: URL, text: string): Promise<void> {
  const present = Bun.file(file);
  if ((await present.exists()) && (await present.text()) === text) return;
  await Bun.write(file, text);
  console.log(fileURLToPath(file));
}
