import { make, setText } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { icon } from "./icons.js";
import { factList, printReceipt, receiptFacts } from "./receipt.js";
import { labelled } from "./section.js";

/**
 * What is still lacking before an agency hands in, each a step away, and the handing in itself.
 * The kernel's side is merit_kit/panels/_submission.py; change both together.
 *
 * @typedef {{unassessed: string[], bare: string[], unanswered: string[], disputed: string[],
 *   of: string, may: string, levels: Object<string, number>, files: number,
 *   submitted: ?{by: string, at: string, text: string, current: boolean, number: string, of: string}}} Check
 *   `bare`: a level above the lowest without any evidence; `of`: what is handed in; `levels`,
 *   `files`: what there is now
 */

const LACKS = ["disputed", "unassessed", "unanswered", "bare"];

/**
 * @param {{place: HTMLElement, words: Words, sheet: Sheet, unsaved: () => number, drafts: Drafts,
 *   ask: (message: Object) => void, begin: (message: Object) => void, go: (code: string) => void,
 *   closed: () => void}} given `begin` asks first, unless something waits for its answer
 */
export function openCheck({ place, words, sheet, unsaved, drafts, ask, begin, go, closed }) {
  const { say } = words;
  const told = make("p", { class: "ms-hint", role: "alert", text: say("sitting.wait") });
  const lacks = make("div", { class: "ms-lacks" });
  const remark = make("textarea", { rows: "2", oninput: () => drafts.keepForm("check", { text: remark.value }) });
  remark.value = drafts.form("check")?.text ?? "";
  const submit = make("button", { class: "ms-button", "data-main": true, text: say("check.submit"), disabled: true, onclick: send });
  const said = make("p", { class: "ms-about" });
  const receipt = make("section", { class: "ms-receipt", tabindex: "-1", hidden: true, "aria-label": say("check.receipt.title") });
  const form = make("div", { class: "ms-form" }, labelled(say("check.remark"), remark), make("div", { class: "ms-buttons" }, submit));
  const dialog = openDialog(place, { title: say("check.title"), close: say("dialog.close"), className: "ms-drawer" }, receipt, told, lacks, form, said);
  dialog.addEventListener("close", closed);

  let of = "";
  let isSent = false;

  /** What was handed in, when and by whom; and what comes of it. */
  function showReceipt(check) {
    const { submitted } = check;
    receipt.hidden = !submitted?.current;
    if (receipt.hidden) return receipt.replaceChildren();
    const keep = make("button", { class: "ms-button", text: say("check.receipt.print"), onclick: () => printReceipt(dialog, check, words, sheet) });
    receipt.replaceChildren(
      make("h4", { class: "ms-receipt-title" }, icon("saved"), make("span", { text: say("check.receipt.done") })),
      factList(receiptFacts(check, words, sheet)),
      make("p", { text: say("check.receipt.next") }),
      make("div", { class: "ms-buttons" }, keep),
      make("p", { class: "ms-hint", text: say("check.receipt.keep") }),
    );
    if (isSent) receipt.focus();
    isSent = false;
  }

  function send() {
    if (unsaved() > 0) return setText(told, say("check.unsaved", { count: unsaved() }));
    submit.disabled = true;
    isSent = true;
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
      setText(told, note || check.may || say(found.length === 0 ? "check.complete" : stops ? "check.incomplete" : form.hidden ? "check.after" : "check.nearly"));
      submit.disabled = stops || check.may !== "";
      const { submitted } = check;
      showReceipt(check);
      // What is handed in as it is need not be handed in again.
      form.hidden = Boolean(submitted?.current) && !note;
      told.hidden = form.hidden && found.length === 0;
      if (submitted?.current && submitted.text === remark.value.trim()) drafts.dropForm("check");
      setText(said, submitted && !submitted.current ? say("check.submitted_before", { by: submitted.by, at: words.moment(submitted.at) }) : "");
    },
    fail(why, _, later) {
      setText(told, why);
      // What is asked on and on is not handed in a second time meanwhile.
      submit.disabled = Boolean(later);
    },
  };
}
