// Shows the view of the account that `view` names; for any other name, the account page. All views
// of the account are loaded together.
import { Match, Switch } from "solid-js";
import AccountPage from "./account-page.tsx";
import "./account-page.css";
import { OwnSignIn, ResetPassword, VerifyEmail } from "./link-page.tsx";

export default function AccountViews(props: { view: string }) {
  return (
    <Switch fallback={<AccountPage />}>
      <Match when={props.view === "reset-password"}>
        <ResetPassword />
      </Match>
      <Match when={props.view === "verify-email"}>
        <VerifyEmail />
      </Match>
      <Match when={props.view === "sign-in"}>
        <OwnSignIn />
      </Match>
    </Switch>
  );
}
