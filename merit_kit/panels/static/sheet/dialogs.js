import { freshId, make } from "./dom.js";
import { icon } from "./icons.js";

/**
 * A dialog over the panel. The browser's own: it keeps the focus inside and gives it back.
 *
 * @param {HTMLElement} place where it is put, so that it has the panel's colours
 */
export function openDialog(place, { title, close, className = "" }, ...children) {
  const id = freshId("dialog");
  const dialog = make("dialog", { class: `ms-dialog ${className}`, "aria-labelledby": id });
  const button = make("button", { class: "ms-quiet", "aria-label": close, title: close, onclick: () => dialog.close() }, icon("close"));
  dialog.append(make("div", { class: "ms-dialog-top" }, make("h3", { id, text: title }), button), make("div", { class: "ms-dialog-body", tabindex: "0" }, ...children));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  // Keys pressed in a dialog are its own, not the list's below it.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  place.append(dialog);
  dialog.showModal();
  return dialog;
}
