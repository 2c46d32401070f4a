/** The screen is shared, not one agency: the key is the tab's. */
const SHARED = "merit-share";

/**
 * Whether the screen is shared. It stays so over a reload, and is known before anything is shown.
 *
 * @typedef {ReturnType<typeof createCover>} Cover
 *
 * @param {HTMLElement} root @param {Memory} session of the tab
 */
export function createCover(root, session) {
  const show = (yes) => (root.dataset.share = String(yes));
  show(session.get(SHARED) ?? false);
  return {
    get on() {
      return root.dataset.share === "true";
    },
    turn(yes) {
      show(yes);
      session.set(SHARED, yes);
    },
  };
}
