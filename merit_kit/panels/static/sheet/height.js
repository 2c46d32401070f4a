/**
 * The panel is as high as the window it stands in, so that header and list stay in sight: in
 * JupyterLab the notebook's scrolling box. Never a box nearer by: an output's own height follows
 * the panel's, and each would go on shrinking the other.
 *
 * @param {HTMLElement} root
 * @returns {() => void} stop watching
 */
export function followHeight(root) {
  const MARGIN = 16;
  const box = root.closest(".jp-WindowedPanel-outer") ?? root.closest(".jp-Notebook");
  let set = 0;
  const measure = () => {
    const high = (box?.clientHeight || window.innerHeight) - MARGIN;
    if (high === set) return;
    set = high;
    root.style.setProperty("--ms-window", `${high}px`);
  };
  const watcher = new ResizeObserver(measure);
  watcher.observe(box ?? document.documentElement);
  window.addEventListener("resize", measure);
  measure();
  return () => {
    watcher.disconnect();
    window.removeEventListener("resize", measure);
  };
}
