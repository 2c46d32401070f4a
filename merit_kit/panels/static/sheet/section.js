import { freshId, make, setText } from "./dom.js";

/** A part of the detail: a heading, its key, what is in it. */
export function makeSection(name, title, key, ...children) {
  const id = freshId(name);
  const heading = make("h4", { id }, make("span", { text: title }), key ? make("kbd", { text: key, "aria-hidden": "true" }) : null);
  return make("div", { class: "ms-section", role: "group", "data-section": name, "aria-labelledby": id }, heading, ...children);
}

/** A labelled control. @returns {HTMLElement} */
export function labelled(text, control, className = "ms-control") {
  const id = freshId("control");
  control.id = id;
  return make("div", { class: className }, make("label", { for: id, text }), control);
}

/** A select of given values and the words for them. */
export function makeSelect(values, say, attributes = {}) {
  return make("select", attributes, ...values.map((value) => make("option", { value, text: say(value) })));
}

/**
 * What may not be stated now says why; what waits for an answer is only closed for a moment.
 * @param {HTMLElement} form
 */
export function locks(form) {
  const why = make("p", { class: "ms-why", hidden: true });
  return {
    why,
    lock(reason, waits) {
      lockPart(form, reason);
      setText(why, waits ? "" : reason);
      why.hidden = why.textContent === "";
    },
  };
}

/** Close every control of a part, and say why once. */
export function lockPart(part, why) {
  for (const control of part.querySelectorAll("input, textarea, select, button")) control.disabled = why !== "";
}
