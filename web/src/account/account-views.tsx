// Shows the view with the name `view`. If no view has this name, shows the account page. The browser
// loads all views of the account together.
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
