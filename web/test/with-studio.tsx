// Renders a part of the page with the shared contexts and a fake server.
import { render } from "@solidjs/testing-library";
import type { JSX } from "solid-js";
import { StudioProvider } from "../src/studio.tsx";

export const renderInStudio = (part: () => JSX.Element) =>
  render(() => <StudioProvider>{part()}</StudioProvider>);
