// Shows a dialog that is in the page only while it is open.

/**
 * Shows the dialog as soon as it is in the page; pass this function as `ref`. A press outside of the dialog closes it,
 * if the browser supports this.
 */
export function openModal(dialog: HTMLDialogElement): void {
  dialog.setAttribute("closedby", "any");
  const before = document.activeElement;
  dialog.addEventListener("close", () => before instanceof HTMLElement && before.focus(), { once: true });
  queueMicrotask(() => dialog.isConnected && dialog.showModal());
}
