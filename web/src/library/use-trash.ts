// Provides the trash to the views that delete or restore items. Each library has one trash, which
// the first call of `useTrash` creates.
import { useLibrary, usePlayer } from "../studio.tsx";
import type { Library } from "./create-library.ts";
import { createTrash, type Trash } from "./create-trash.ts";

const trashes = new WeakMap<Library, Trash>();

export function useTrash(): Trash {
  const library = useLibrary();
  const { leave } = usePlayer();
  const trash = trashes.get(library) ?? createTrash({ library, leave });
  trashes.set(library, trash);
  return trash;
}
