// Shows a secret that the server returns only once.
import { notice, noticeError } from "../../shell/notices.ts";

export const Secret = (props: { readonly what: string; readonly value: string }) => (
  <p role="status" class="once">
    {props.what} is shown only now: <code class="secret">{props.value}</code>
    <button
      class="link"
      type="button"
      onClick={() =>
        void navigator.clipboard
          .writeText(props.value)
          .then(() => notice("It is in the clipboard."), noticeError)
      }
    >
      Copy
    </button>
  </p>
);
