/**
 * Where somebody is typing. When the panel is made anew in mid-sentence, because the kernel had died
 * or the page was loaded again, they type on in the same field. What they type while a kernel comes
 * back has no field to go to, and must not become keys of the list or of JupyterLab: it is caught,
 * kept, and given to the field.
 *
 * @typedef {{assessment: string, code: ?string, field: ?string, at: number, caught: string,
 *   left?: boolean}} Spot
 *   `at` is the caret. Without `field` it is one that is not found again: nothing is typed on, and
 *   no other part takes the focus, so that the rest of the sentence is no row's key. `left`: they
 *   have gone somewhere else since, and want no focus; what was caught is still theirs.
 */
const KEY = "merit-typing";
const TAKEN = "merit-typing-taken";
const TEXT = "textarea, input:not([type=checkbox])";

/** Milliseconds without a panel after which nobody waits for it any more. */
const CATCHES = 30_000;

/**
 * @param {{root: HTMLElement, session: Memory, assessment: () => ?string}} given
 *   `assessment`: the one that is open
 */
export function createTyping({ root, session, assessment }) {
  const page = root.ownerDocument;
  let isTyping = false;

  function remember({ target }) {
    isTyping = target.matches(TEXT);
    if (!isTyping) return session.remove(KEY);
    const item = target.closest(".ms-item")?.dataset.item ?? null;
    const field = target.dataset.field ?? null;
    session.set(KEY, { assessment: assessment(), code: field && item, field: item && field, at: target.selectionEnd ?? 0, caught: "" });
  }

  function left() {
    // A part that is taken from the page loses the focus as well: nobody has left that one.
    setTimeout(() => {
      const active = page.activeElement;
      if (!root.isConnected || (root.contains(active) && active.matches(TEXT))) return;
      isTyping = false;
      session.remove(KEY);
    });
  }

  const listened = ["focusin", "input", "keyup", "pointerup"];
  for (const name of listened) root.addEventListener(name, remember);
  root.addEventListener("focusout", left);

  return {
    /**
     * Go on where somebody was typing.
     * @param {(code: string) => void} open opens a sub-aspect
     * @returns {boolean} false if nobody was
     */
    resume(open) {
      /** @type {?Spot} */
      const spot = session.get(KEY);
      if (spot === null || spot.assessment !== assessment()) return false;
      page.dispatchEvent(new Event(TAKEN));
      if (spot.field === null) return !spot.left;
      if (spot.caught !== "" || !spot.left) open(spot.code);
      const fields = [...root.querySelectorAll(".ms-item textarea[data-field]")];
      const field = fields.find((each) => each.dataset.field === spot.field);
      if (!field || field.readOnly) return !spot.left;
      const at = Math.min(spot.at, field.value.length);
      if (spot.caught !== "") {
        field.setRangeText(spot.caught, at, at, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      // They have gone somewhere else since.
      if (spot.left || (page.activeElement?.matches(TEXT) && !root.contains(page.activeElement))) return false;
      const caret = at + spot.caught.length;
      field.focus();
      field.setSelectionRange(caret, caret);
      return true;
    },
    /** The panel is being taken away. */
    stop() {
      for (const name of listened) root.removeEventListener(name, remember);
      root.removeEventListener("focusout", left);
      if (isTyping) catchKeys(page, session);
    },
  };
}

/** Keep what is typed, until a panel takes it or the person goes somewhere else. */
function catchKeys(page, session) {
  function stop() {
    clearTimeout(timer);
    page.defaultView.removeEventListener("keydown", take, true);
    page.removeEventListener("pointerdown", leave, true);
    page.removeEventListener(TAKEN, stop);
  }

  function leave() {
    stop();
    const spot = session.get(KEY);
    if (spot?.caught) session.set(KEY, { ...spot, left: true });
    else session.remove(KEY);
  }

  function take(event) {
    // Another field has the focus: it is typed there.
    if (page.activeElement?.closest("input, textarea, [contenteditable=true]")) return leave();
    if (event.key === "Tab" || event.key === "Escape") return leave();
    // AltGr makes signs; with the others a key is a command of the browser.
    const isCommand = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
    if (isCommand || event.isComposing) return;
    const spot = session.get(KEY);
    const isSign = [...event.key].length === 1 || event.key === "Enter";
    if (!spot || !(isSign || event.key === "Backspace")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const sign = event.key === "Enter" ? "\n" : event.key;
    const caught = isSign ? spot.caught + sign : spot.caught.slice(0, -1);
    session.set(KEY, { ...spot, caught });
  }

  const timer = setTimeout(leave, CATCHES);
  // In the capture phase, on the window: before JupyterLab takes them for its own.
  page.defaultView.addEventListener("keydown", take, true);
  page.addEventListener("pointerdown", leave, true);
  page.addEventListener(TAKEN, stop);
}
