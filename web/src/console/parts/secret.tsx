// Shows a secret that the server returns only once.
import { notice, noticeError } from "../../shell/notices.ts";
import { t } from "../../i18n/translate.ts";

export const Secret = (props: {
  /** A sentence that ends with a colon. */
  readonly says: string;
  readonly value: string;
}) => (
  <p role="status" class="once">
    {props.says} <code class="secret">{props.value}</code>
    <button
      class="link"
      type="button"
      onClick={() =>
        void navigator.clipboard
          .writeText(props.value)
          .then(() => notice(t("The text is in the clipboard.")), noticeError)
      }
    >
      {t("Copy")}
    </button>
  </p>
);
