// Provides the state that all parts of the page share: the list of pieces, the account, the player, and the running
// generations.
import {
  createContext,
  createEffect,
  getOwner,
  type JSX,
  on,
  onCleanup,
  runWithOwner,
  useContext,
} from "solid-js";
import { type Account, createAccount } from "./account/create-account.ts";
import { createLibrary, type Library } from "./library/create-library.ts";
import { type Asking, createAsking } from "./making/create-asking.ts";
import { createMakings, type Makings } from "./making/create-makings.ts";
import { createListening, type Listening } from "./player/create-listening.ts";
import { createOtherTabs } from "./library/create-other-tabs.ts";

interface Studio {
  readonly library: Library;
  readonly account: Account;
  readonly makings: Makings;
  readonly listening: Listening;
  readonly asking: Asking;
}

/** When the tab comes into view, a list that is older than this is loaded again. */
const STALE_MS = 60_000;

const StudioContext = createContext<Studio>();

export function StudioProvider(props: { children: JSX.Element }) {
  let isGoing = false;
  const makings = createMakings();
  const library = createLibrary();
  const listening = createListening({ makings, library });
  const asking = createAsking({ makings, library, listening });
  const account = createAccount(library);
  createOtherTabs(library);
  const owner = getOwner();
  createEffect(
    on(
      () => listening.repeat() === "more",
      (isWanted) => {
        if (!isWanted || isGoing) return;
        isGoing = true;
        import("./making/keep-going.ts").then(
          ({ keepGoing }) => runWithOwner(owner, () => keepGoing({ listening, asking })),
          () => {
            // The module could not be loaded. The next choice of "Keep going" tries again.
            isGoing = false;
          },
        );
      },
    ),
  );
  let readAt = 0;
  const reload = () => {
    readAt = Date.now();
    void library.load();
  };
  /**
   * Called when a tab that was asleep or in the background comes back. If the list is older than
   * STALE_MS, loads the list again, because other devices can have changed pieces in the meantime.
   */
  const wake = () => document.visibilityState === "visible" && Date.now() - readAt > STALE_MS && reload();
  addEventListener("online", reload);
  for (const type of ["resume", "visibilitychange"]) document.addEventListener(type, wake);
  onCleanup(() => {
    removeEventListener("online", reload);
    for (const type of ["resume", "visibilitychange"]) document.removeEventListener(type, wake);
  });
  reload();
  return (
    <StudioContext.Provider value={{ library, account, makings, listening, asking }}>
      {props.children}
    </StudioContext.Provider>
  );
}

function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error("This component is not inside a StudioProvider.");
  return studio;
}

export const useLibrary = (): Library => useStudio().library;
export const useAccount = (): Account => useStudio().account;
/** The current piece and the player. */
export const usePlayer = (): Listening => useStudio().listening;
/** The requested and running generations. */
export const useMaking = (): Asking & { readonly makings: Makings } => {
  const { asking, makings } = useStudio();
  return { ...asking, makings };
};
