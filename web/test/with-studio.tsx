// Renders a part of the page with the state that all parts share. The test has to install a fake `fetch` first.
import { render } from "@solidjs/testing-library";
import type { JSX } from "solid-js";
import { StudioProvider } from "../src/studio.tsx";

export const renderInStudio = (part: () => JSX.Element) =>
  render(() => <StudioProvider>{part()}</StudioProvider>);
