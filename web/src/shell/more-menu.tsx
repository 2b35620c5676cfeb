// Shows the menu of the page: the views beside the list, and the keyboard shortcuts.
import { follow } from "../lib/address.ts";
import { Menu } from "../shelf/menu.tsx";

export default function MoreMenu(props: { onHelp(): void }) {
  return (
    <Menu label="More">
      <a href="/albums" onClick={follow}>
        Albums
      </a>
      <a href="/trash" onClick={follow}>
        Trash
      </a>
      <button class="for-keys" type="button" onClick={() => props.onHelp()}>
        Keyboard shortcuts
      </button>
    </Menu>
  );
}
