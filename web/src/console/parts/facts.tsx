// Shows values with their names.
import { For, Show } from "solid-js";

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly detail?: string | undefined;
  readonly isBad?: boolean;
}

export const Facts = (props: { readonly of: readonly Fact[] }) => (
  <dl class="facts-grid">
    <For each={props.of}>
      {(fact) => (
        <div classList={{ bad: fact.isBad === true }}>
          <dt>{fact.name}</dt>
          <dd>
            {fact.value}
            <Show when={fact.detail}>
              <small>{fact.detail}</small>
            </Show>
          </dd>
        </div>
      )}
    </For>
  </dl>
);
