// Shows the head of the page: the navigation, the account, and the settings of the page.
import { createSignal, Show, Suspense } from "solid-js";
import { lazyView } from "./lazy-view.ts";
import { follow, go } from "../address/address.ts";
import { at } from "../address/at.ts";
import { business } from "./business.ts";
import { isSignedOut } from "../api/session.ts";
import { createTheme } from "./theme.ts";
import { useAccount, useLibrary } from "../studio.tsx";
import { pickedForAlbum } from "../albums/pick-album.ts";
import { ThemeIcon } from "./theme-icon.tsx";
import { Mark } from "./mark.tsx";
import { t } from "../i18n/translate.ts";

const themeLabels = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" } as const;
const AccountDialog = lazyView(() => import("../account/account-dialog.tsx"));
const AlbumDialog = lazyView(() => import("../albums/album-dialog.tsx"));
const MoreMenu = lazyView(() => import("./more-menu.tsx"));
const HelpDialog = lazyView(() => import("./help-dialog.tsx"));

export function Top(props: { onHelp(open: () => void): void }) {
  const account = useAccount();
  const library = useLibrary();
  const theme = createTheme();
  const [help, setHelp] = createSignal(false);
  const openHelp = () => setHelp(true);
  props.onHelp(openHelp);
  const hasMusic = () => library.items().length > 0;
  const themeLabel = () => t(themeLabels[theme.theme()]);
  const entrance = () => (hasMusic() && !business.signIn && !isSignedOut() ? "sign-up" : "sign-in");
  const door = () =>
    t(account.isSignedIn() ? "Your account" : entrance() === "sign-up" ? "Create an account" : "Sign in");

  return (
    <header class="top">
      <h1>
        <a href={at("/")} onClick={follow}>
          <Show when={business.logo} fallback={<Mark />}>
            <img class="logo" src={business.logo} alt="" />
          </Show>
          {business.name}
        </a>
      </h1>
      <div class="tools">
        <Show when={library.state() !== "loading"}>
          <button
            class="link"
            classList={{ quiet: !hasMusic() || account.isSignedIn() }}
            type="button"
            onClick={() => (account.isSignedIn() ? go(at("/me")) : account.open(entrance()))}
          >
            {door()}
          </button>
        </Show>
        <button
          class="plain"
          type="button"
          aria-label={themeLabel()}
          title={themeLabel()}
          onClick={theme.next}
        >
          <ThemeIcon theme={theme.theme()} />
        </button>
        <Suspense fallback={<span class="plain" />}>
          <MoreMenu onHelp={openHelp} />
        </Suspense>
      </div>
      <Suspense>
        <Show when={account.entrance()}>
          {(entrance) => <AccountDialog account={account} how={entrance()} hasMusic={hasMusic()} />}
        </Show>
        <Show when={pickedForAlbum()}>{(trackIds) => <AlbumDialog trackIds={trackIds()} />}</Show>
        <Show when={help()}>
          <HelpDialog onClose={() => setHelp(false)} />
        </Show>
      </Suspense>
    </header>
  );
}
