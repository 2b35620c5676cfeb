import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { ApiError } from "../api/send.ts";
import { VersionForm } from "./version-form.tsx";

afterEach(cleanup);

function show(answer: (instruction: string) => Promise<string> = async () => "Understood: tempo 87 bpm.") {
  const asked: string[] = [];
  render(() => (
    <VersionForm
      parentNumber={2}
      asked={1}
      isReady={true}
      onMake={(instruction) => {
        asked.push(instruction);
        return answer(instruction);
      }}
    />
  ));
  const line = screen.getByLabelText<HTMLInputElement>("What should be different from version 2?");
  const press = () => fireEvent.click(screen.getByRole("button", { name: "Compose" }));
  return { asked, line, press };
}

test("when the form is shown, its field has the focus", () => {
  expect(show().line).toBe(document.activeElement as HTMLInputElement);
});

test("a chip adds its words to the text in the field, and a second press removes them", () => {
  const { asked, line, press } = show();
  fireEvent.input(line, { target: { value: "slower" } });
  fireEvent.click(screen.getByText("in minor"));
  fireEvent.click(screen.getByText("add strings"));
  expect(line.value).toBe("slower, in minor, add strings");
  expect(screen.getByText("in minor").getAttribute("aria-pressed")).toBe("true");
  fireEvent.click(screen.getByText("in minor"));
  press();
  expect(asked).toEqual(["slower, add strings"]);
});

test("after the changes were understood, the form shows the changes and empties the field", async () => {
  const { line, press } = show();
  fireEvent.click(screen.getByText("faster"));
  press();
  expect((await screen.findByText("Understood: tempo 87 bpm.")).getAttribute("role")).toBe("status");
  expect(line.value).toBe("");
});

test("if a change is refused, the text stays in the field", async () => {
  const { line, press } = show(async () => {
    throw new ApiError("Nothing of that was understood.", 400, "INVALID_PARAMETER", 'Try "without drums".');
  });
  fireEvent.input(line, { target: { value: "qwertz" } });
  press();
  await screen.findByText('Nothing of that was understood. Try "without drums".');
  expect(line.value).toBe("qwertz");
});

test("an empty field sends no request", () => {
  const { asked, press } = show();
  press();
  expect(asked).toEqual([]);
});
