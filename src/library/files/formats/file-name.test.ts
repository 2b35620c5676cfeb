import { expect, test } from "bun:test";
import { contentDispositionOf, fileNameOf, uniqueNames } from "./file-name.ts";

test("a title becomes a file name that every operating system allows", () => {
  for (const [title, name] of [
    ["Night Drive", "Night Drive.mp3"],
    ['  a/b\\c:d*e?"f<g>h|i  ', "a b c d e f g h i.mp3"],
    ["../../etc/passwd", "etc passwd.mp3"],
    ["Grüße, 世界 🎧", "Grüße, 世界 🎧.mp3"],
    ["line\nbreak\r\n\0zero", "line break zero.mp3"],
    ["evil\u202egpj.exe", "evil gpj.exe.mp3"],
    ["", "untitled.mp3"],
    ["...", "untitled.mp3"],
    ["CON", "CON_.mp3"],
    ["nul.song", "nul_.song.mp3"],
    ["trailing. . ", "trailing.mp3"],
    ["cafe\u0301", "café.mp3"],
  ] as const) {
    expect(fileNameOf(title, "mp3")).toBe(name);
  }
});

test("a long title is cut between two characters, never inside a character", () => {
  const name = fileNameOf("👩‍👩‍👧‍👦".repeat(50), "mp3");
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(190);
  expect(name).toMatch(/^(👩‍👩‍👧‍👦)+\.mp3$/u);
});

test("file names that are equal or differ only in letter case get a number", () => {
  expect(uniqueNames(["a.mp3", "A.mp3", "b.mp3", "a.mp3", "a (2).mp3"])).toEqual([
    "a.mp3",
    "A (2).mp3",
    "b.mp3",
    "a (3).mp3",
    "a (2) (2).mp3",
  ]);
});

test("the Content-Disposition header contains an ASCII file name for old browsers", () => {
  expect(contentDispositionOf("Night Drive.mp3")).toBe('attachment; filename="Night Drive.mp3"');
  expect(contentDispositionOf("Grüße.mp3", "inline")).toBe(
    "inline; filename=\"Grue.mp3\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.mp3",
  );
  expect(contentDispositionOf("世界.mp3")).toBe(
    "attachment; filename=\"download.mp3\"; filename*=UTF-8''%E4%B8%96%E7%95%8C.mp3",
  );
  expect(contentDispositionOf(`a"b'(c)*.mp3`)).toBe(
    `attachment; filename="a_b'(c)*.mp3"; filename*=UTF-8''a%22b%27%28c%29%2A.mp3`,
  );
});

test("a title can't add a header or a parameter of a header", () => {
  for (const title of ['x"; filename="evil.exe', "x\r\nSet-Cookie: a=b", "x\0y", "%0d%0a", "\ud800"]) {
    const header = contentDispositionOf(fileNameOf(title, "mp3"));
    expect(header).toMatch(/^attachment; filename="[^"\\\r\n\0]*"(; filename\*=UTF-8''[\w.%~!-]*)?$/);
    expect(() => new Headers({ "content-disposition": header })).not.toThrow();
  }
});
