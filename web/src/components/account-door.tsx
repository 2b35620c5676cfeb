// The link to the account dialog, below the list: it offers to keep the music once some was played, else only to sign in.
import { createSignal } from "solid-js";
import type { Account } from "../account/create-account.ts";
import type { Entrance } from "../lib/session.ts";
import { AccountDialog } from "./account-dialog.tsx";

interface AccountDoorProps {
  account: Account;
  /** Whether music was played that could be kept. */
  hasMusic: boolean;
}

export function AccountDoor(props: AccountDoorProps) {
  let dialog!: HTMLDialogElement;
  const [how, setHow] = createSignal<Entrance>("sign-up");
  const offer = (): Entrance => (props.hasMusic ? "sign-up" : "sign-in");

  return (
    <>
      <button
        class="link"
        classList={{ quiet: !props.hasMusic || props.account.email() !== null }}
        type="button"
        onClick={() => {
          setHow(offer());
          dialog.showModal();
        }}
      >
        {props.account.email() ? "Your account" : props.hasMusic ? "Keep my music" : "Sign in"}
      </button>
      <AccountDialog
        account={props.account}
        how={how()}
        hasMusic={props.hasMusic}
        onHow={setHow}
        ref={(element) => {
          dialog = element;
        }}
      />
    </>
  );
}
