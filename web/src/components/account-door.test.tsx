import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen, waitFor } from "@solidjs/testing-library";
import { createSignal } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession, knowSession } from "../lib/session.ts";
import { createAccount } from "../account/create-account.ts";
import { dismiss, notices } from "../lib/notices.ts";
import { AccountDoor } from "./account-door.tsx";

afterEach(cleanup);
afterEach(forgetSession);
afterEach(() => {
  for (const { id } of notices()) dismiss(id);
});

const later = new Date(Date.now() + 86_400_000).toISOString();
const entered = () => json({ userId: "u", token: "t", expiresAt: later, sessionExpiresAt: later }, 201);
const refused = () =>
  json({ detail: "An account with this e-mail exists already.", hint: "Sign in instead." }, 409);

function show(answers: Parameters<typeof installFakeFetch>[0], startsWithMusic = true) {
  const asked = installFakeFetch(answers);
  const [hasMusic, setHasMusic] = createSignal(startsWithMusic);
  let loads = 0;
  const library = {
    load: async () => {
      loads += 1;
    },
  };
  const account = createAccount(library);
  render(() => <AccountDoor account={account} hasMusic={hasMusic()} />);
  const dialog = document.querySelector("dialog")!;
  return {
    asked,
    dialog,
    setHasMusic,
    loads: () => loads,
    open: (name: string) => fireEvent.click(screen.getByRole("button", { name })),
    fill(email: string, password: string) {
      fireEvent.input(dialog.querySelector("[name=email]")!, { target: { value: email } });
      fireEvent.input(dialog.querySelector("[name=password]")!, { target: { value: password } });
      fireEvent.submit(dialog.querySelector("form.change")!);
    },
  };
}

test("nothing is offered before there is music to keep, and nothing opens by itself", () => {
  const { dialog, setHasMusic } = show({}, false);
  expect(screen.queryByText("Keep my music", { selector: "button.link" })).toBeNull();
  setHasMusic(true);
  expect(screen.getByText("Keep my music", { selector: "button.link" })).toBeTruthy();
  expect(dialog.open).toBe(false);
});

test("who signs up is named, sees their list anew, and the dialog is gone", async () => {
  const { asked, dialog, loads, open, fill } = show({ "POST /v1/accounts/sign-up": entered });
  open("Keep my music");
  expect(dialog.open).toBe(true);
  fill(" ada@example.com ", "long enough");
  await screen.findByText("Your account", { selector: "button" });
  expect(asked.at(-1)?.body).toEqual({ business: "demo", email: "ada@example.com", password: "long enough" });
  await waitFor(() => expect(dialog.open).toBe(false));
  expect(loads()).toBe(1);
});

test("a refusal is said beside the form with what to do, and the other door is one press away", async () => {
  const { asked, dialog, open, fill } = show({
    "POST /v1/accounts/sign-up": refused,
    "POST /v1/accounts/sign-in": entered,
  });
  open("Keep my music");
  fill("ada@example.com", "long enough");
  await screen.findByText("An account with this e-mail exists already. Sign in instead.");
  expect(dialog.open).toBe(true);
  fireEvent.click(screen.getByText("I have an account"));
  expect(screen.queryByText(/already/)).toBeNull();
  expect(screen.getByText("Your music on this page moves to the account.")).toBeTruthy();
  expect(dialog.querySelector<HTMLInputElement>("[name=password]")!.autocomplete).toBe("current-password");
  fill("ada@example.com", "long enough");
  await screen.findByText("Your account", { selector: "button" });
  expect(asked.at(-1)?.path).toBe("/v1/accounts/sign-in");
});

test("a member who comes back is known by their session", async () => {
  const account = { business: "demo", email: "ada@example.com" };
  const { open } = show({ "GET /v1/accounts/session": () => json({ account }) });
  await knowSession();
  await screen.findByText("Your account", { selector: "button" });
  open("Your account");
  expect(screen.getByText("Your music is kept for ada@example.com.")).toBeTruthy();
});

test("an account is deleted only with its password and a second press; a refusal is shown beside it", async () => {
  const account = { business: "demo", email: "ada@example.com" };
  let isRight = false;
  const { asked, dialog, open } = show({
    "GET /v1/accounts/session": () => json({ account }),
    "DELETE /v1/accounts/me": () =>
      isRight
        ? json({ userId: "u" }, 202)
        : json({ detail: "This is not the password of this account.", hint: "Check it." }, 401),
  });
  await knowSession();
  await screen.findByText("Your account", { selector: "button" });
  open("Your account");
  expect(dialog.querySelector("details")!.open).toBe(false);
  const send = (password: string) => {
    fireEvent.input(dialog.querySelector("[name=password]")!, { target: { value: password } });
    fireEvent.submit(dialog.querySelector("form.change")!);
  };
  send("not this one");
  await screen.findByText("This is not the password of this account. Check it.");
  isRight = true;
  send("long enough");
  await screen.findByText("Keep my music", { selector: "button.link" });
  expect(asked.at(-1)).toMatchObject({ method: "DELETE", body: { password: "long enough" } });
});
