// Shows a dialog that is in the page only while it is open.

/**
 * Pass this function as `ref` of the dialog. The dialog is shown when the current synchronous code
 * has ended, if the dialog is in the page by then. A press outside of the dialog closes the dialog,
 * if the browser supports `closedby`. When the dialog is closed, the element that had the focus
 * before gets the focus again.
 */
export function openModal(dialog: HTMLDialogElement): void {
  dialog.setAttribute("closedby", "any");
  const before = document.activeElement;
  dialog.addEventListener("close", () => before instanceof HTMLElement && before.focus(), { once: true });
  queueMicrotask(() => dialog.isConnected && dialog.showModal());
}
