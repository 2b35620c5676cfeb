import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen, waitFor } from "@solidjs/testing-library";
import { Show } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import { dismiss, notices } from "../shell/notices.ts";
import AccountDialog from "./account-dialog.tsx";
import { createAccount } from "./create-account.ts";

afterEach(cleanup);
afterEach(forgetSession);
afterEach(() => {
  for (const { id } of notices()) dismiss(id);
});

const later = new Date(Date.now() + 86_400_000).toISOString();
const entered = () => json({ userId: "u", token: "t", expiresAt: later, sessionExpiresAt: later }, 201);
const refused = () =>
  json({ detail: "An account with this e-mail exists already.", hint: "Sign in instead." }, 409);

function show(answers: Parameters<typeof installFakeFetch>[0]) {
  const asked = installFakeFetch(answers);
  let loads = 0;
  const account = createAccount({
    load: async () => {
      loads += 1;
    },
  });
  render(() => (
    <Show when={account.entrance()}>
      {(how) => <AccountDialog account={account} how={how()} hasMusic={true} />}
    </Show>
  ));
  const dialog = () => document.querySelector("dialog")!;
  return {
    asked,
    account,
    dialog,
    loads: () => loads,
    fill(email: string, password: string) {
      fireEvent.input(dialog().querySelector("[name=email]")!, { target: { value: email } });
      fireEvent.input(dialog().querySelector("[name=password]")!, { target: { value: password } });
      fireEvent.submit(dialog().querySelector("form.account-form")!);
    },
  };
}

test("after signing up, the list of pieces is loaded again and the dialog is closed", async () => {
  const { asked, account, loads, fill } = show({ "POST /v1/accounts/sign-up": entered });
  account.open("sign-up");
  await screen.findByText("An account keeps your music on every device.");
  fill(" ada@example.com ", "long enough");
  await waitFor(() => expect(account.email()).toBe("ada@example.com"));
  expect(asked.at(-1)?.body).toEqual({ business: "demo", email: "ada@example.com", password: "long enough" });
  await waitFor(() => expect(account.entrance()).toBeUndefined());
  expect(loads()).toBe(1);
});

test("if the e-mail of a sign-up is taken, one press opens the form to sign in", async () => {
  const { asked, account, dialog, fill } = show({
    "POST /v1/accounts/sign-up": refused,
    "POST /v1/accounts/sign-in": entered,
  });
  account.open("sign-up");
  fill("ada@example.com", "long enough");
  await screen.findByText("An account with this e-mail exists already. Sign in instead.");
  fireEvent.click(screen.getByText("Sign in instead"));
  expect(screen.queryByText(/already/)).toBeNull();
  expect(screen.getByText("The pieces you made here will be added.")).toBeTruthy();
  expect(dialog().querySelector<HTMLInputElement>("[name=password]")!.autocomplete).toBe("current-password");
  fill("ada@example.com", "long enough");
  await waitFor(() => expect(account.email()).toBe("ada@example.com"));
  expect(asked.at(-1)?.path).toBe("/v1/accounts/sign-in");
});

test("after “Forgot your password?”, the dialog doesn't reveal whether the address has an account", async () => {
  const { asked, account, dialog } = show({
    "POST /v1/accounts/forgot-password": () => json({ by: "mail" }, 202),
  });
  account.open("sign-in");
  fireEvent.click(await screen.findByText("Forgot your password?"));
  fireEvent.input(dialog().querySelector("[name=email]")!, { target: { value: " ada@example.com " } });
  fireEvent.submit(dialog().querySelector("form.account-form")!);
  await screen.findByText(/^If there is an account with this address/);
  expect(asked.at(-1)?.body).toEqual({ business: "demo", email: "ada@example.com", language: "en" });
});

test("if a sign-in is refused because the account is being deleted, one press restores the account", async () => {
  const deleteAfter = new Date(Date.now() + 86_400_000).toISOString();
  const { asked, account, fill } = show({
    "POST /v1/accounts/sign-in": () =>
      json(
        { code: "ACCOUNT_DELETING", detail: "This account is being deleted.", details: { deleteAfter } },
        409,
      ),
    "POST /v1/accounts/restore": entered,
  });
  account.open("sign-in");
  fill("ada@example.com", "long enough");
  await screen.findByText(
    /^This account is being deleted\. It is erased on .+ Until then you can restore it/,
  );
  fireEvent.submit(screen.getByText("Restore my account").closest("form")!);
  await waitFor(() => expect(account.email()).toBe("ada@example.com"));
  expect(asked.at(-1)?.body).toEqual({ business: "demo", email: "ada@example.com", password: "long enough" });
  await waitFor(() => expect(account.entrance()).toBeUndefined());
  expect(notices().map(({ text }) => text)).toEqual(["Your account is restored."]);
});
