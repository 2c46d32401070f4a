import { freshId, make, setText } from "./dom.js";
import { labelled } from "./section.js";

/**
 * A field of a day. The browser writes it as its own language does, 10/11 for one and 11/10 for
 * another: the day that is meant is spelt below it in the panel's.
 *
 * @param {Words} words @param {string} title
 * @returns {{element: HTMLElement, input: HTMLInputElement, set: (day: string) => void}}
 */
export function createDayField(words, title) {
  const spelt = make("span", { id: freshId("day"), class: "ms-hint ms-day", role: "status" });
  const input = make("input", { type: "date", "aria-describedby": spelt.id });
  const element = labelled(title, input);
  element.append(spelt);
  const tell = () => setText(spelt, input.value ? words.day(input.value) : "");
  input.addEventListener("input", tell);
  return {
    element,
    input,
    set(day) {
      input.value = day;
      tell();
    },
  };
}
