/**
 * The keyboard. It acts only on what is pressed inside the panel, never in a field of text, never
 * with a modifier; digits by their place on the keyboard, so that AZERTY and the number pad work.
 *
 * @param {HTMLElement} root
 * @param {{on: () => boolean, level: (step: number) => void, back: () => void,
 *   deedOf: (name: string) => ?(() => void)}} deeds `deedOf` gives what a key does, by its name
 * @returns {() => void} stop listening
 */
export function listenToKeys(root, { on, level, back, deedOf }) {
  const TEXT = "input:not([type=checkbox]), textarea, select, [contenteditable]";
  const REPEATS = new Set(["ArrowUp", "ArrowDown", "j", "k"]);

  function digit(event) {
    const place = /^Digit(\d)$/.exec(event.code);
    if (place) return Number(place[1]);
    // With NumLock off the pad moves; it then gives no digit.
    return /^Numpad\d$/.test(event.code) && /^\d$/.test(event.key) ? Number(event.key) : null;
  }

  function pressed(event) {
    if (event.defaultPrevented || event.isComposing) return;
    // Leaving a field states what is in it.
    const leaves = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(TEXT);
    if (leaves) {
      back();
      return done(event);
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      back();
      return done(event);
    }
    if (!on() || event.target.closest(TEXT)) return;
    if (event.key === "Enter" && event.target.closest("button, summary")) return;
    const step = event.shiftKey ? null : digit(event);
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // Shift makes "?" and "/" on some keyboards; with a letter it means something else.
    const deed = event.shiftKey && /^[a-z]$/.test(name) ? undefined : deedOf(name);
    if (step === null && !deed) return;
    done(event);
    if (event.repeat && !REPEATS.has(name)) return;
    if (step !== null) level(step);
    else deed();
  }

  function done(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  root.addEventListener("keydown", pressed);
  return () => root.removeEventListener("keydown", pressed);
}
