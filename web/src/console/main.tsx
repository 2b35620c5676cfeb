// Starts the console. The operator of this Rondo uses the operator key, and a business uses one of
// its own keys.
import { ErrorBoundary } from "solid-js";
import { render } from "solid-js/web";
import { Stopped } from "../shell/stopped.tsx";
import { Console } from "./console.tsx";
import { chosenLanguage, speakIn } from "./i18n/choose-language.ts";
import "../style.css";
import "./console.css";

const start = () =>
  render(
    () => (
      <ErrorBoundary fallback={() => <Stopped />}>
        <Console />
      </ErrorBoundary>
    ),
    document.getElementById("app")!,
  );

void speakIn(chosenLanguage()).then(start);
