// The content in place of an empty list: an invitation, or an error.
import { Match, Switch } from "solid-js";
import type { Library } from "../library/create-library.ts";

interface WelcomeProps {
  library: Library;
}

export function Welcome(props: WelcomeProps) {
  return (
    <Switch>
      <Match when={props.library.state() === "failed"}>
        <p class="empty">
          Your pieces could not be loaded. They are safe, and you can make more.{" "}
          <button class="link" type="button" onClick={() => void props.library.load()}>
            Try again
          </button>
        </p>
      </Match>
      <Match when={props.library.state() === "ready"}>
        <div class="welcome">
          <h2>
            Write a line. <br />
            Hear it while it is made. <br />
            Come back to it.
          </h2>
          <p class="empty">
            A mood, a place, a few instruments: say it as you would to a friend at a piano. Every piece you
            make is kept here.
          </p>
        </div>
      </Match>
    </Switch>
  );
}
