// Shows links to download the files of a version. The server names the files.
import { downloadUrl } from "../lib/api.ts";
import { t } from "../i18n/translate.ts";

export function Downloads(props: { versionId: string }) {
  return (
    <>
      <a class="link" href={downloadUrl(props.versionId, "mp3")} download="">
        {t("Download MP3")}
      </a>
      <a class="link" href={downloadUrl(props.versionId, "wav")} download="">
        {t("Download WAV")}
      </a>
    </>
  );
}
