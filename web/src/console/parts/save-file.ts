// Lets the browser download a value as a JSON file to the person's machine.
import { json } from "./words.ts";

export function saveFile(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([json(value)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after the click has returned, so the URL remains valid for 10 s.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
