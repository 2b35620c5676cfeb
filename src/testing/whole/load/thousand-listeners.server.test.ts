// Tests over loopback that a thousand listeners of one piece cause hardly more reads of the chunk store than one
// listener. The limit is 1.5 times the number of reads with one listener, plus five.
import { expect, setDefaultTimeout, test } from "bun:test";
import { onEachProfile } from "../../profiles.ts";
import { until } from "../../until.ts";
import { gatherCrowd } from "./crowd.ts";
import { createBusinessClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";

setDefaultTimeout(60_000);

onEachProfile((profile) => {
  test("a thousand listeners cause hardly more reads of the chunk store than one listener", async () => {
    await using stores = await profile.openStores();
    // All listeners use the token of one user, so this test raises the limit of streams per user.
    await using rondo = await startRondo({ ...stores.environment, RONDO_STREAMS_PER_USER: "1000" });
    const client = await createBusinessClient(rondo, "acme");
    const storeReads = async () => {
      const read = async () => (await fetch(`${rondo.url}/metrics`)).text();
      const asOfLately = await read();
      let text = asOfLately;
      await until("the metrics are up to date", async () => {
        text = await read();
        return text !== asOfLately;
      });
      return Number(/^rondo_chunk_store_reads (\d+)$/m.exec(text)?.[1]);
    };
    const readsWith = async (listeners: number) => {
      const before = await storeReads();
      const started = await client.start({ prompt: "bossa nova", durationSeconds: 10, seed: 7 });
      const crowd = gatherCrowd(`${started.links.chunks}?offset=-1&live=sse`, client.headers, listeners);
      const sent = await crowd.ended;
      expect(await client.untilEnded(started)).toMatchObject({ state: "complete" });
      // Each listener got the whole piece. The piece was sent as base64, which represents three bytes
      // by four characters.
      const whole = Number((await client.state(started)).plannedBytes);
      expect(Math.min(...sent)).toBeGreaterThan((whole * 4) / 3);
      return (await storeReads()) - before;
    };
    const ofOne = await readsWith(1);
    const ofThousand = await readsWith(1000);
    console.log(
      `${profile.name} profile: chunk-store reads for 10 s of audio: ${ofOne} with one listener, ${ofThousand} with 1,000`,
    );
    expect(ofOne).toBeGreaterThan(0);
    expect(ofThousand).toBeLessThanOrEqual(ofOne * 1.5 + 5);
  });
});
