/**
 * What the window would do to the panel from outside it, and must not.
 *
 * @param {HTMLElement} root
 * @param {() => boolean} loses whether something would be lost if the page were left now
 * @returns {() => void} stop guarding
 */
export function guardPage(root, loses) {
  // JupyterLab takes line breaks and undo in a cell for its own editor's, on the way down.
  const typed = (event) => root.contains(event.target) && event.stopImmediatePropagation();
  const leaving = (event) => loses() && event.preventDefault();
  window.addEventListener("beforeinput", typed, true);
  window.addEventListener("beforeunload", leaving);
  return () => {
    window.removeEventListener("beforeinput", typed, true);
    window.removeEventListener("beforeunload", leaving);
  };
}
