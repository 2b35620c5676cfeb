// The files of a version to keep, as links; the server names them.
import { downloadUrl } from "../lib/api.ts";

export function Downloads(props: { versionId: string }) {
  return (
    <>
      <a class="link" href={downloadUrl(props.versionId, "mp3")} download="">
        Download MP3
      </a>
      <a class="link" href={downloadUrl(props.versionId, "wav")} download="">
        Download WAV
      </a>
    </>
  );
}
