// bun make-bucket.ts ENDPOINT NAME: waits until an emulator of Google Cloud Storage answers, and
// creates a bucket in the emulator. An existing bucket is kept. The program repeats failed attempts
// for 30 seconds, and then fails.
const [endpoint = "", name = ""] = process.argv.slice(2);
const giveUpAt = Date.now() + 30_000;

async function makeBucket(): Promise<number> {
  const res = await fetch(`${endpoint}/storage/v1/b?project=rondo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  return res.status;
}

for (;;) {
  const status = await makeBucket().catch(() => 0);
  if (status === 200 || status === 409) break;
  if (Date.now() > giveUpAt) throw new Error(`${endpoint} answered ${status}`);
  await new Promise((resolve) => setTimeout(resolve, 250));
}

export {};
