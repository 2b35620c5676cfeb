// Tests that the URLs of a deleted version respond with 404: immediately in the process that
// deleted the version, and soon in other processes. After a restore, the URLs respond with 200
// again.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";
import { toneMp3 } from "../../../testing/sound/tone.ts";
import { silentLog } from "../../../testing/test-stores.ts";
import { uploadAudio } from "../../../library/tiers/upload-audio.ts";
import { noSignal } from "../../../testing/studio.ts";
import { until } from "../../../testing/until.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

setDefaultTimeout(60_000);

// "stored": the audio is in the object store. "streamed": the audio is only in the stream of the version.
test.each(["stored", "streamed"] as const)(
  "while a project is in the trash, the URLs of its versions with %s audio respond with 404",
  async (where) => {
    await using served = await createServedStudio(where === "streamed" ? { RONDO_OBJECTS_URL: "none:" } : {});
    const { studio, url, token } = served;
    const made = await served.make(await toneMp3(3));
    if (where === "stored") {
      const { business } = studio;
      const data = { businessId: business.id, versionId: made.versionId };
      await uploadAudio(studio.deps, data, noSignal);
    }
    // The app `other` stands for another process with the same stores.
    const deps = await createApiDeps(studio.stores.config, silentLog);
    const other = createApp(deps);
    const headers = { authorization: `Bearer ${token}` };
    const version = `/v1/versions/${made.versionId}`;
    const links = (await (await fetch(`${url}${version}`, { headers })).json()) as {
      links: { audio: string };
    };
    const signed = new URL(links.links.audio).search;
    const paths = [
      version,
      `${version}/audio`,
      `${version}/audio${signed}`,
      `${version}/playlist.m3u8${signed}`,
      `${version}/segments/0.mp3${signed}`,
      `${version}/download${signed}`,
      `${version}/download?format=wav`,
      `${version}/peaks${signed}`,
      `/v1/projects/${made.projectId}/archive`,
      `/v1/generations/${made.requestId}/chunks`,
      `/v1/generations/${made.requestId}/chunks?offset=-1&live=long-poll`,
      `/v1/generations/${made.requestId}/chunks?offset=-1&live=sse`,
    ];
    const here = async (path: string) => {
      const answer = await fetch(`${url}${path}`, { headers });
      await answer.arrayBuffer();
      return answer.status;
    };
    const there = async (path: string) => {
      const answer = await other.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
      await answer.arrayBuffer();
      return answer.status;
    };
    const all = async (ask: typeof here) => [...new Set(await Promise.all(paths.map(ask)))];
    const project = `${url}/v1/projects/${made.projectId}`;
    try {
      expect(await all(here)).toEqual([200]);
      expect(await all(there)).toEqual([200]);

      expect((await fetch(project, { method: "DELETE", headers })).status).toBe(200);
      expect(await all(here)).toEqual([404]);
      await until(
        "the other process finds nothing",
        async () => (await all(there)).every((s) => s === 404),
        promptMsMax,
      );

      expect((await fetch(`${project}/restore`, { method: "POST", headers })).status).toBe(200);
      expect(await all(here)).toEqual([200]);
      expect(await all(there)).toEqual([200]);
    } finally {
      await deps.close();
    }
  },
);
