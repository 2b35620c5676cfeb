// Shows what replaces an empty list of pieces: an invitation, a button to sign in again, or an error. While the list
// loads, nothing is shown.
import { Match, Switch } from "solid-js";
import { isSignedOut, leave } from "../api/session.ts";
import { useAccount, useLibrary } from "../studio.tsx";
import { t } from "../i18n/translate.ts";

export function Welcome() {
  const library = useLibrary();
  const account = useAccount();
  return (
    <section class="library" aria-label={t("Your pieces")} aria-busy={library.state() === "loading"}>
      <Switch>
        <Match when={isSignedOut()}>
          <div class="welcome">
            <h2>{t("You have been signed out.")}</h2>
            <p class="empty">{t("Sign in to see your pieces.")}</p>
            <button class="solid" type="button" onClick={() => account.open("sign-in")}>
              {t("Sign in")}
            </button>
            <button class="link quiet" type="button" onClick={leave}>
              {t("Go on without an account")}
            </button>
          </div>
        </Match>
        <Match when={library.state() === "failed"}>
          <p class="empty">
            {t("Your pieces could not be loaded. They are safe, and you can make more.")}{" "}
            <button class="link" type="button" onClick={() => void library.load()}>
              {t("Try again")}
            </button>
          </p>
        </Match>
        <Match when={library.state() === "ready"}>
          <div class="welcome">
            <h2>{t("Your pieces will be here.")}</h2>
            <p class="empty">
              {t(
                "A mood, a place, a few instruments: say it as you would to a friend at a piano. Every piece you make is kept, and you can hear it again, change it or download it.",
              )}
            </p>
          </div>
        </Match>
      </Switch>
    </section>
  );
}
