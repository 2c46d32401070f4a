/** Small drawings, 16 by 16, in the colour of the text around them. Always beside a word or a name. */

const DRAWN = {
  disputed: "M5.5 5.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .7-1 1.5M8 12v.1",
  unassessed: "M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3",
  agreed: "M3.5 8.5l3 3 6-7",
  raised: "M8 13V3.5M4 7.5l4-4 4 4",
  lowered: "M8 3v9.5M4 8.5l4 4 4-4",
  stated: "M3.5 8.5l3 3 6-7",
  alone: "M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3M8 7.9v.2",
  question: "M2.5 3h11v8h-6l-3 2.5V11h-2z M6.7 5.7a1.4 1.4 0 1 1 1.9 1.3c-.5.2-.6.5-.6.9M8 9.4v.1",
  fresh: "M10.5 5l-4.2 4.2a1 1 0 0 0 1.4 1.4l4.8-4.8a2.4 2.4 0 0 0-3.4-3.4L4 7.5a3.7 3.7 0 0 0 5.2 5.2L13 9",
  bare: "M4 2.5h5.5L12 5v8.5H4zM9.5 2.5V5H12M6.4 7.6l3.2 3.2M9.6 7.6l-3.2 3.2",
  faulty: "M4 2.5h5.5L12 5v8.5H4zM9.5 2.5V5H12M8 7v2.7M8 11.4v.1",
  mismatch: "M3 6h10M3 10h10M10.5 3l-5 10",
  conflict: "M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.1",
  reason: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7l2.3 2.3",
  draft: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 1 0 8 2.8M8 5v3.2l2 1.3",
  upload: "M8 13V6M5 8.7l3-3 3 3M3.5 3h9",
  pending: "M4.5 2.8h7M4.5 13.2h7M5.5 2.8v2L8 8l2.5-3.2v-2M5.5 13.2v-2L8 8l2.5 3.2v2",
  saved: "M3.5 8.5l3 3 6-7",
  saving: "M8 13V6M5 8.7l3-3 3 3M3.5 3h9",
  unsaved: "M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.1",
  refused: "M4 4l8 8M12 4l-8 8",
  undo: "M6 4L3 7l3 3M3.5 7H10a3 3 0 0 1 0 6H7",
  history: "M3 8a5 5 0 1 0 1.6-3.7L3 5.8M3 3v2.8h2.8M8 5.5V8l1.8 1.2",
  help: "M8 2.5a5.5 5.5 0 1 0 0 11A5.5 5.5 0 1 0 8 2.5M6.5 6.5a1.5 1.5 0 1 1 2.1 1.4c-.5.2-.6.5-.6 1M8 11v.1",
  swap: "M3 6h9.5M10 3.5L12.5 6 10 8.5M13 10.5H3.5M6 8l-2.5 2.5L6 13",
  share: "M2.5 3.5h11v7.5h-11zM6 13.5h4",
  lock: "M4.5 7.5h7V13h-7zM5.8 7.5V5.5a2.2 2.2 0 0 1 4.4 0v2",
  previous: "M10 3.5L5.5 8l4.5 4.5",
  next: "M6 3.5L10.5 8 6 12.5",
  clock: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 1 0 8 2.8M8 5v3.2l2 1.3",
  close: "M4 4l8 8M12 4l-8 8",
  sitting: "M4 2.5h5.5L12 5v8.5H4zM6 7h4M6 9.5h4M9.5 2.5V5H12",
  compare: "M8 2.5v11M3 5.5h3.5M3 8.5h3.5M9.5 7h3.5M9.5 10h3.5",
  check: "M3 4.5l1.2 1.2L6.5 3.5M3 10.5l1.2 1.2 2.3-2.2M9 5h4.5M9 11h4.5",
};

/** The drawings of marks that are called otherwise. */
export const MARK_ICONS = { questions: "question" };

/** @param {string} name @returns {SVGSVGElement} hidden from screen readers: the word says it */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "ms-icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  redraw(svg, name);
  return svg;
}

/** Make another drawing of one. @param {SVGSVGElement} svg @param {string} name */
export function redraw(svg, name) {
  if (svg.dataset.icon === name) return;
  svg.dataset.icon = name;
  svg.firstChild.setAttribute("d", DRAWN[name]);
}
