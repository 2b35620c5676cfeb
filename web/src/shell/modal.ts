// Shows a dialog that is in the page only while it is open.

/**
 * Pass this function as `ref` of the dialog. The dialog is shown as soon as the current synchronous
 * code has ended. If the dialog is not in the page at that moment, it is not shown. In a browser that supports
 * `closedby`, a press outside of the dialog closes the dialog. When the dialog is closed, the element that had the
 * focus before gets the focus again.
 */
export function openModal(dialog: HTMLDialogElement): void {
  dialog.setAttribute("closedby", "any");
  const before = document.activeElement;
  dialog.addEventListener("close", () => before instanceof HTMLElement && before.focus(), { once: true });
  queueMicrotask(() => dialog.isConnected && dialog.showModal());
}
