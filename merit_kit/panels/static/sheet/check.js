import { make, setText } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { labelled } from "./section.js";

/**
 * What is still lacking before an agency hands in, each a step away, and the handing in itself.
 * The kernel's side is merit_kit/panels/_submission.py; change both together.
 *
 * @typedef {{unassessed: string[], bare: string[], unanswered: string[], disputed: string[],
 *   of: string, may: string, submitted: ?{by: string, at: string, text: string, current: boolean}}} Check
 *   `bare`: a level above the lowest without any evidence; `of`: what is handed in
 */

const LACKS = ["disputed", "unassessed", "unanswered", "bare"];

/**
 * @param {{place: HTMLElement, words: Words, unsaved: () => number, drafts: Drafts,
 *   ask: (message: Object) => void, begin: (message: Object) => void, go: (code: string) => void,
 *   closed: () => void}} given `begin` asks first, unless something waits for its answer
 */
export function openCheck({ place, words, unsaved, drafts, ask, begin, go, closed }) {
  const { say } = words;
  const told = make("p", { class: "ms-hint", role: "alert", text: say("sitting.wait") });
  const lacks = make("div", { class: "ms-lacks" });
  const remark = make("textarea", { rows: "2", oninput: () => drafts.keepForm("check", { text: remark.value }) });
  remark.value = drafts.form("check")?.text ?? "";
  const submit = make("button", { class: "ms-button", "data-main": true, text: say("check.submit"), disabled: true, onclick: send });
  const said = make("p", { class: "ms-about" });
  const dialog = openDialog(place, { title: say("check.title"), close: say("dialog.close"), className: "ms-drawer" }, told, lacks, make("div", { class: "ms-form" }, labelled(say("check.remark"), remark), make("div", { class: "ms-buttons" }, submit)), said);
  dialog.addEventListener("close", closed);

  let of = "";

  function send() {
    if (unsaved() > 0) return setText(told, say("check.unsaved", { count: unsaved() }));
    submit.disabled = true;
    ask({ do: "check", submit: true, text: remark.value, of });
  }

  function part(name, codes) {
    const buttons = codes.map((code) =>
      make("button", {
        class: "ms-chip",
        text: code,
        onclick() {
          dialog.close();
          go(code);
        },
      }),
    );
    return make("div", { class: "ms-lack", "data-lack": name }, make("p", { text: say(`check.${name}`, { count: codes.length }) }), make("div", { class: "ms-buttons" }, ...buttons));
  }

  begin({ do: "check", submit: false, text: "" });
  return {
    /** @param {{check: Check, note: string}} message */
    take({ check, note }) {
      of = check.of;
      const found = LACKS.filter((name) => check[name].length > 0);
      const stops = ["disputed", "unassessed"].some((name) => check[name].length > 0);
      lacks.replaceChildren(...found.map((name) => part(name, check[name])));
      setText(told, note || check.may || say(found.length === 0 ? "check.complete" : stops ? "check.incomplete" : "check.nearly"));
      submit.disabled = stops || check.may !== "";
      const { submitted } = check;
      if (submitted?.current && submitted.text === remark.value.trim()) drafts.dropForm("check");
      setText(said, submitted ? say(submitted.current ? "check.submitted" : "check.submitted_before", { by: submitted.by, at: words.moment(submitted.at) }) : "");
    },
    fail(why, _, later) {
      setText(told, why);
      // What is asked on and on is not handed in a second time meanwhile.
      submit.disabled = Boolean(later);
    },
  };
}
