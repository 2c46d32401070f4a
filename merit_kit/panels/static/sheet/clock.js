import { freshId, make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

const MINUTE = 60000;
const SHORT = 10;
/** A sitting of another day has no time left to tell, minutes. */
const SAME_DAY = 720;

/**
 * The time that is left of a sitting, from the room's own beginning; how long a sitting lasts can
 * be set. Nothing is shown for a room that has no beginning, or whose sitting is on another day.
 *
 * @param {{words: Words, room: ?Room, zone: string, minutes: number,
 *   keep: (minutes: number) => void}} given `zone`: by whose clock the sitting begins
 */
export function createClock({ words, room, zone, minutes, keep }) {
  const { say } = words;
  const element = make("div", { class: "ms-clock", hidden: !room?.starts_at });
  if (!room?.starts_at) return { element, stop() {} };

  const text = make("span", { class: "ms-clock-text" });
  const id = freshId("minutes");
  const field = make("input", { id, type: "number", min: "5", max: "600", step: "5" });
  field.value = String(minutes);
  const editor = make("span", { class: "ms-clock-edit", hidden: true }, make("label", { for: id, text: say("time.minutes") }), field);
  const button = make("button", { class: "ms-quiet", title: say("time.edit"), "aria-expanded": "false" }, icon("clock"), text);
  element.append(button, editor);

  function open(yes) {
    editor.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
    (yes ? field : button).focus({ preventScroll: true });
  }

  function tell() {
    const begins = new Date(room.starts_at).getTime();
    const left = Math.ceil((begins + minutes * MINUTE - Date.now()) / MINUTE);
    const before = Math.ceil((begins - Date.now()) / MINUTE);
    element.hidden = -left > SAME_DAY || before > SAME_DAY;
    let said = say("time.left", { hours: Math.floor(left / 60), minutes: String(left % 60).padStart(2, "0") });
    if (before > 0) said = say("time.begins", { time: words.hourIn(room.starts_at, zone) });
    else if (left <= 0) said = say("time.over", { minutes: -left });
    else if (left < 60) said = say("time.left_short", { minutes: left });
    setText(text, said);
    setAttribute(element, "data-short", before <= 0 && left <= SHORT ? "true" : null);
  }

  button.addEventListener("click", () => open(editor.hidden));
  field.addEventListener("change", () => {
    const wished = Math.round(Number(field.value));
    if (wished >= 5 && wished <= 600) keep((minutes = wished));
    field.value = String(minutes);
    tell();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    field.blur();
    open(false);
  });
  tell();
  const timer = setInterval(tell, 10000);
  return { element, stop: () => clearInterval(timer) };
}
