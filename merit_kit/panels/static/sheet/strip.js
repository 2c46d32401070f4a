import { make, setAttribute, setText } from "./dom.js";

/**
 * The aspects side by side, each with how much of it is assessed; a click goes to the aspect.
 *
 * @param {{sheet: Sheet, words: Words, go: (aspect: number) => void}} given
 */
export function createStrip({ sheet, words, go }) {
  const { say } = words;
  const tiles = new Map();
  for (const { number, name } of sheet.aspects) {
    const fill = make("i");
    const count = make("span", { class: "ms-tile-count" });
    const button = make(
      "button",
      { class: "ms-tile", "data-aspect": String(number), onclick: () => go(number) },
      make("span", { class: "ms-tile-name" }, make("b", { text: String(number) }), make("span", { text: name })),
      make("span", { class: "ms-meter", "aria-hidden": "true" }, fill),
      count,
    );
    tiles.set(number, { name, button, fill, count });
  }
  const element = make("div", { class: "ms-strip", role: "group", "aria-label": say("strip.label") }, ...[...tiles.values()].map((tile) => tile.button));
  element.style.setProperty("--ms-aspects", String(tiles.size));

  return {
    element,
    /** @param {Object} aspects of the figures @param {?number} current @param {boolean} covered no points */
    show(aspects, current, covered) {
      for (const [number, { name, button, fill, count }] of tiles) {
        const { assessed, of, points, most } = aspects[number];
        const share = Number(of) > 0 ? Number(assessed) / Number(of) : 0;
        fill.style.transform = `scaleX(${share})`;
        setText(count, say("strip.count", { assessed, of }));
        setAttribute(button, "title", covered ? name : say("strip.points", { name, points, most }));
        setAttribute(button, "data-full", share === 1 ? "true" : null);
        setAttribute(button, "aria-current", number === current ? "true" : null);
      }
    },
  };
}
