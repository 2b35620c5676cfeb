// Shows the links to a set of views. The link of the shown view is scrolled into sight, because a phone has room for
// only a few of the links.
import { createEffect, For } from "solid-js";

export interface Tab {
  readonly at: string;
  /** The text of the link, in the language of the console. */
  name(): string;
}

interface TabsProps<One extends Tab> {
  readonly label: string;
  readonly of: readonly One[];
  readonly shown: One;
  /** Whether the tabs belong to one thing within a view, such as one business. */
  readonly isInner?: boolean;
  hrefOf(tab: One): string;
}

export function Tabs<One extends Tab>(props: TabsProps<One>) {
  let nav!: HTMLElement;
  createEffect(() => {
    const index = props.of.indexOf(props.shown);
    const link = nav.children[index] as HTMLElement | undefined;
    if (link) nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.clientWidth) / 2;
  });
  return (
    <nav ref={nav} class="pages" classList={{ inner: props.isInner === true }} aria-label={props.label}>
      <For each={props.of}>
        {(one) => (
          <a href={props.hrefOf(one)} aria-current={one === props.shown ? "page" : undefined}>
            {one.name()}
          </a>
        )}
      </For>
    </nav>
  );
}
