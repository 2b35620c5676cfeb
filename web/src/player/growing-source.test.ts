import { expect, test } from "bun:test";
import { createGrowingSource } from "./growing-source.ts";

test("after an error of the decoder, the page sends no further request for the audio", async () => {
  const audio = Object.assign(new EventTarget(), {
    currentTime: 0,
    buffered: { length: 0 },
    error: null as object | null,
  });
  const buffer = Object.assign(new EventTarget(), {
    updating: false,
    buffered: { length: 0 },
    timestampOffset: 0,
    abort() {},
    appendBuffer() {
      audio.error = { code: 3 };
      throw new DOMException("The element has an error.", "InvalidStateError");
    },
  });
  class Source extends EventTarget {
    static isTypeSupported = () => true;
    readyState = "open";
    constructor() {
      super();
      queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
    }
    addSourceBuffer = () => buffer;
    endOfStream() {}
  }
  URL.createObjectURL = () => "blob:source";
  let requests = 0;
  let isCancelled = false;
  const fake = async () => {
    requests += 1;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array([1])),
      cancel() {
        isCancelled = true;
      },
    });
    return new Response(body, { status: 206, headers: { "content-range": "bytes 0-0/9" } });
  };
  Object.assign(globalThis, { fetch: fake });
  const networks: boolean[] = [];
  const source = createGrowingSource(audio as never, Source as never, {
    onRefused() {},
    onRefusing() {},
    onWaitingForNetwork: (isWaiting) => networks.push(isWaiting),
  });
  source.open("/audio", 0);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect([requests, isCancelled, networks]).toEqual([1, true, []]);
  source.close();
});
