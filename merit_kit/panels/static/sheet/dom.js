/**
 * Elements. Every text goes in as a text node: nothing people wrote is ever read as markup.
 */

import { visible } from "./bidi.js";

const TAKES_FOCUS = new Set(["a", "button", "dialog", "input", "select", "textarea", "summary"]);

/** Attributes that people read or hear. */
const READ = new Set(["title", "aria-label"]);

/** The longest text the kernel takes; see `process/_rules.py`. */
const MOST_SIGNS = 20000;

/** Whether no more goes into a field, so that what was pasted may be cut. @param {HTMLElement} field */
export const isFull = (field) => field.maxLength > 0 && field.value.length >= field.maxLength;

/**
 * Make an element. Attributes that are null, undefined or false are left out; `on...` listens.
 * @param {string} tag @param {Object<string, *>} [attributes] @param {...(Node|string|null|false)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = visible(String(value));
    else element.setAttribute(name, value === true ? "" : READ.has(name) ? visible(String(value)) : String(value));
  }
  if (tag === "button") element.type = attributes.type ?? "button";
  if (tag === "textarea") element.maxLength = MOST_SIGNS;
  // Without it JupyterLab takes keys pressed here for its own: "d d" deletes the cell.
  if (TAKES_FOCUS.has(tag) || "tabindex" in attributes) {
    element.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Write a text only where it differs, so that an unchanged panel costs no layout. */
export function setText(element, text) {
  const shown = visible(String(text ?? ""));
  if (element.textContent !== shown) element.textContent = shown;
}

/** Set an attribute only where it differs; null takes it away. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = READ.has(name) ? visible(String(value)) : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * Replace what a list holds, and leave the focus where it was: on the control with the same
 * `data-focus`, or on the list.
 */
export function replaceKeepingFocus(list, children) {
  const active = list.ownerDocument.activeElement;
  const held = active && list.contains(active) ? active.getAttribute("data-focus") : null;
  const within = active && list.contains(active);
  list.replaceChildren(...children);
  if (!within) return;
  const again = held && [...list.querySelectorAll("[data-focus]")].find((e) => e.dataset.focus === held);
  (again || list).focus({ preventScroll: true });
}

/**
 * Do something when the next frame is drawn; soon, on a page in the background, which draws none.
 * @param {() => void} deed @returns {() => void} do it not
 */
export function nextFrame(deed) {
  if (document.hidden) {
    const timer = setTimeout(deed);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(deed);
  return () => cancelAnimationFrame(frame);
}

/** Milliseconds between drawings: what comes faster than people see is drawn together, so that the
 * answers of the kernel find room between the clicks. */
const PACE = 25;

/**
 * A drawing that is asked for more often than it is made: in the next frame, unless one was just
 * made; then too where it is `urgent`.
 * @param {() => void} deed
 * @returns {{ask: (urgent?: boolean) => void, isRested: () => boolean, stop: () => void}}
 */
export function createPace(deed) {
  let cancel = null;
  let isPut = false; // off, until the rest is over
  let last = -PACE;
  function now() {
    cancel = null;
    last = performance.now();
    deed();
  }
  const soon = () => {
    isPut = false;
    cancel = nextFrame(now);
  };
  const rest = () => last + PACE - performance.now();
  return {
    isRested: () => rest() <= 0,
    ask(urgent = false) {
      if (cancel && !(urgent && isPut)) return;
      cancel?.();
      isPut = false;
      if (urgent || rest() <= 0) return soon();
      isPut = true;
      const timer = setTimeout(soon, rest());
      cancel = () => clearTimeout(timer);
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}

let made = 0;

/** An id no other element of the page has: two panels may stand on one page. */
export function freshId(stem) {
  made += 1;
  return `merit-${stem}-${made}-${Math.random().toString(36).slice(2, 8)}`;
}
