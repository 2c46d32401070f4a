import { make, setText } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { randomHex } from "./ids.js";
import { labelled, lockPart, makeSection, makeSelect } from "./section.js";

/**
 * The sitting itself: when it was, who was there, what was agreed, whether the agency accepts it;
 * and its papers. The kernel's side is merit_kit/panels/_sitting.py; change both together.
 *
 * @typedef {{name: string, zone: string, stated: boolean, held_on: string, begins: ?string,
 *   ends: ?string, place: string, when_all: Object[], when_base: string[], agreed_all: Object[],
 *   agreed_base: string[], of: string, attendance: Present[], agreed: ?{text: string, side: string,
 *   due: ?string}, acceptances: {by: string, at: string, text: string, current: boolean}[],
 *   objections: {thread: string, text: string, by: string, at: string}[],
 *   may: Object<string, string>}} SittingNow
 * @typedef {{person: string, name: string, nip: string, office: string, side: string,
 *   signs: boolean}} Present
 */

const SIDES = ["agency", "evaluator", "host"];

/** Under which name the form is kept from which something is stated. */
export const formOf = (act, room) => ({ when: `when/${room}`, attend: `attend/${room}`, agree: "agreed", accept: "accept", object: "accept" })[act];

/**
 * @param {{place: HTMLElement, words: Words, side: "evaluator"|"agency", room: ?string,
 *   drafts: Drafts, ask: (message: Object) => string, begin: (message: Object) => string,
 *   papers: ?HTMLElement, closed: () => void}} given `papers`: what makes them, where this side
 *   does; `ask` returns what the answer is known by; `begin` asks first, unless something waits for
 *   its answer
 */
export function openSitting({ place, words, side, room, drafts, ask, begin, papers, closed }) {
  const { say } = words;
  let awaited = null;
  const state = (act, values = {}) => {
    lock(true);
    awaited = ask({ do: "sitting", act, ...values });
  };
  const wrong = make("p", { class: "ms-hint", role: "alert" });
  /** What is typed and not stated, over a reload. */
  const keeper = (act, kept = drafts.form(formOf(act, room))) => ({ kept, keep: (values) => drafts.keepForm(formOf(act, room), values), drop: () => drafts.dropForm(formOf(act, room)) });
  const parts = [whenPart(words, side, keeper("when"), state), presentPart(words, side, keeper("attend"), state), agreedPart(words, side, keeper("agree"), state), acceptPart(words, side, keeper("accept"), state)];
  const body = make("div", { class: "ms-sitting", "data-waits": "true" }, wrong, ...parts.map((part) => part.element), papers);
  const dialog = openDialog(place, { title: say("sitting.title"), close: say("dialog.close"), className: "ms-drawer ms-wide" }, body);
  dialog.addEventListener("close", closed);
  /** @type {?SittingNow} */
  let now = null;

  function lock(waits) {
    body.dataset.waits = String(waits);
    for (const part of parts) part.lock(waits || now === null ? say("sitting.wait") : (now.may[part.act] ?? ""), waits, now?.may);
  }

  lock(true);
  awaited = begin({ do: "sitting", act: null });
  return {
    /** @param {{act: ?string, ask: string, sitting: SittingNow, note: string}} message */
    take({ act, ask: of, sitting, note }) {
      if (of !== awaited) return;
      // Asked twice it is answered twice, and something else is typed by then.
      awaited = null;
      now = sitting;
      setText(wrong, note);
      for (const part of parts) part.show(sitting, act === part.act || (part.acts ?? []).includes(act), act);
      lock(false);
    },
    /** @param {string} why @param {string} of @param {boolean} later whether it is asked on */
    fail(why, of, later) {
      if (of !== awaited) return;
      setText(wrong, why);
      if (later) return;
      awaited = null;
      lock(false);
    },
  };
}

/**
 * What may not be stated now says why; what waits for an answer is only closed for a moment.
 * @param {boolean} theirs it is the other side's to state: there is nothing to explain
 */
function locks(form, theirs = false) {
  const why = make("p", { class: "ms-why", hidden: true });
  if (theirs) for (const button of form.querySelectorAll("button")) button.hidden = true;
  return {
    why,
    lock(reason, waits) {
      lockPart(form, theirs ? reason || " " : reason);
      setText(why, waits || theirs ? "" : reason);
      why.hidden = why.textContent === "";
    },
  };
}

function whenPart(words, side, { kept, keep, drop }, state) {
  const { say } = words;
  const [day, begins, ends] = ["date", "time", "time"].map((type) => make("input", { type }));
  const where = make("input", { type: "text", maxlength: "200" });
  const save = make("button", { class: "ms-button", text: say("sitting.save"), onclick: () => state("when", { base, held_on: day.value, begins: begins.value, ends: ends.value, place: where.value }) });
  const about = make("p", { class: "ms-about" });
  const form = make("div", { class: "ms-form" }, make("div", { class: "ms-form-three" }, labelled(say("sitting.day"), day), labelled(say("sitting.begins"), begins), labelled(say("sitting.ends"), ends)), labelled(say("sitting.place"), where), make("div", { class: "ms-buttons" }, save));
  const { why, lock } = locks(form, side === "agency");
  const others = make("ul", { class: "ms-questions", hidden: true });
  let base = kept?.base ?? [];
  if (kept) [day.value, begins.value, ends.value, where.value] = kept.values;
  let filled = Boolean(kept);
  form.addEventListener("input", () => {
    const values = [day.value, begins.value, ends.value, where.value];
    if (values.every((value) => value === "")) drop();
    else keep({ base, values });
  });
  return {
    act: "when",
    element: makeSection("when", say("sitting.when"), null, about, others, form, why),
    lock,
    show(now, stated) {
      showOthers(others, words, now.when_all.map(({ held_on, begins: from, ends: to, place, by, at }) => ({ text: [held_on, from, to, place].filter(Boolean).join(" · "), by, at })));
      setText(about, say(now.stated ? "sitting.when_stated" : "sitting.when_planned", { name: now.name, zone: now.zone }));
      if (stated) drop();
      if (filled && !stated) return;
      filled = true;
      base = now.when_base;
      [day.value, begins.value, ends.value, where.value] = [now.held_on, now.begins ?? "", now.ends ?? "", now.place];
    },
  };
}

function presentPart(words, side, { kept, keep, drop }, state) {
  const { say } = words;
  const [name, nip, office] = [60, 24, 120].map((most) => make("input", { type: "text", maxlength: String(most), autocomplete: "off" }));
  const of = makeSelect(side === "agency" ? ["agency"] : SIDES, (each) => say(`sitting.sides.${each}`));
  const signs = make("input", { type: "checkbox" });
  const add = make("button", { class: "ms-button", text: say("sitting.add"), onclick: send });
  const list = make("table", { class: "ms-present" });
  const nobody = make("p", { class: "ms-hint", text: say("sitting.nobody") });
  const form = make("div", { class: "ms-form" }, make("div", { class: "ms-form-three" }, labelled(say("sitting.name"), name), labelled(say("sitting.nip"), nip), labelled(say("sitting.office"), office)), make("div", { class: "ms-form-three" }, labelled(say("sitting.side"), of), labelled(say("sitting.signs"), signs, "ms-check")), make("div", { class: "ms-buttons" }, add));
  const { why, lock } = locks(form);
  let open = true;
  if (kept) [name.value, nip.value, office.value, of.value, signs.checked] = kept;
  form.addEventListener("input", () => {
    const isEmpty = !signs.checked && [name, nip, office].every(({ value }) => value === "");
    if (isEmpty) drop();
    else keep([name.value, nip.value, office.value, of.value, signs.checked]);
  });

  function send() {
    if (name.value.trim() === "") return name.focus();
    state("attend", { name: name.value, nip: nip.value, office: office.value, side: of.value, signs: signs.checked });
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target === add) return;
    event.preventDefault();
    send();
  });

  const cell = (text) => make("td", { text });
  const row = (each) => {
    const mine = open && (side !== "agency" || each.side === "agency");
    const off = make("button", { class: "ms-quiet", text: say("sitting.remove"), "aria-label": say("sitting.remove_of", { name: each.name }), onclick: () => state("leave", { person: each.person }) });
    const marks = make("td", {}, make("span", { class: "ms-tag", text: say(`sitting.sides.${each.side}`) }), each.signs ? make("span", { class: "ms-tag", text: say("sitting.signs_mark") }) : null);
    return make("tr", {}, make("th", { scope: "row", text: each.name }), cell(each.nip || "–"), cell(each.office || "–"), marks, make("td", {}, mine ? off : null));
  };
  const heads = ["name", "nip", "office", "side", "deeds"].map((key) => make("th", { scope: "col", text: say(`sitting.${key}`) }));
  const top = make("thead", {}, make("tr", {}, ...heads));

  return {
    act: "attend",
    acts: ["leave"],
    element: makeSection("present", say("sitting.present"), null, list, nobody, form, why),
    lock,
    show(now, stated, act) {
      open = now.may.attend === "";
      list.replaceChildren(top, make("tbody", {}, ...now.attendance.map(row)));
      list.hidden = now.attendance.length === 0;
      nobody.hidden = !list.hidden;
      if (!stated) return;
      name.focus();
      if (act === "leave") return;
      drop();
      for (const field of [name, nip, office]) field.value = "";
      signs.checked = false;
    },
  };
}

function agreedPart(words, side, { kept, keep, drop }, state) {
  const { say } = words;
  const text = make("textarea", { rows: "3" });
  const by = makeSelect(["agency", "evaluator"], (each) => say(`sitting.sides.${each}`));
  const due = make("input", { type: "date" });
  const save = make("button", { class: "ms-button", text: say("sitting.save"), onclick: () => state("agree", { base, text: text.value, side: by.value, due: due.value }) });
  const form = make("div", { class: "ms-form" }, labelled(say("sitting.agreed_text"), text), make("div", { class: "ms-form-pair" }, labelled(say("sitting.by"), by), labelled(say("sitting.due"), due)), make("div", { class: "ms-buttons" }, save));
  const { why, lock } = locks(form, side === "agency");
  const others = make("ul", { class: "ms-questions", hidden: true });
  let base = kept?.base ?? [];
  if (kept) [text.value, by.value, due.value] = [kept.text, kept.side, kept.due];
  let filled = Boolean(kept);
  form.addEventListener("input", () => keep({ base, text: text.value, side: by.value, due: due.value }));
  return {
    act: "agree",
    element: makeSection("agreed", say("sitting.agreed"), null, others, form, why),
    lock,
    show({ agreed, agreed_all: all, agreed_base: stands }, stated) {
      showOthers(others, words, all);
      if (stated) drop();
      if (filled && !stated) return;
      filled = true;
      base = stands;
      [text.value, by.value, due.value] = [agreed?.text ?? "", agreed?.side ?? "agency", agreed?.due ?? ""];
    },
  };
}

/** What stands beside each other, until somebody who has seen all of it states it anew. */
function showOthers(list, words, all) {
  list.hidden = all.length < 2;
  const line = ({ text, by, at }) => make("li", { class: "ms-question", "data-state": "open" }, make("p", { text }), make("p", { class: "ms-about", text: words.say("text.said", { by, at: words.moment(at) }) }));
  list.replaceChildren(make("li", { class: "ms-hint", text: words.say("sitting.several") }), ...all.map(line));
}

function acceptPart(words, side, { kept, keep, drop }, state) {
  const { say } = words;
  const list = make("ul", { class: "ms-questions" });
  const text = make("textarea", { rows: "2" });
  const accept = make("button", { class: "ms-button", "data-main": true, text: say("sitting.accept"), onclick: () => state("accept", { of, text: text.value, withdrawn: false }) });
  const object = make("button", { class: "ms-button", text: say("sitting.object"), onclick: objected });
  const form = make("div", { class: "ms-form" }, labelled(say("sitting.accept_text"), text), make("div", { class: "ms-buttons" }, accept, object));
  const { why, lock } = locks(form);
  let of = "";
  text.value = kept?.text ?? "";
  text.addEventListener("input", () => keep({ text: text.value }));

  function objected() {
    if (text.value.trim() === "") return text.focus();
    state("object", { thread: randomHex(), text: text.value, withdrawn: false });
  }

  const line = (key, { by, at, text: said }, standing) =>
    make("li", { class: "ms-question", "data-state": standing }, make("b", { text: say(key) }), said ? make("p", { text: said }) : null, make("p", { class: "ms-about", text: say("text.said", { by, at: words.moment(at) }) }));

  return {
    act: "accept",
    acts: ["object"],
    element: makeSection("accepted", say("sitting.accepted"), null, list, ...(side === "agency" ? [form, why] : [make("p", { class: "ms-about", text: say("sitting.accept_by_agency") })])),
    lock(reason, waits, may) {
      lock(reason, waits);
      // An objection may be raised for longer than the record can be agreed to.
      if (!waits && may) text.disabled = object.disabled = may.object !== "";
    },
    show({ acceptances, objections, of: shown }, stated) {
      of = shown;
      const lines = [
        ...acceptances.map((each) => line(each.current ? "sitting.accepted_now" : "sitting.accepted_before", each, each.current ? "closed" : "open")),
        ...objections.map((each) => line("sitting.objected", each, "open")),
      ];
      list.replaceChildren(...(lines.length > 0 ? lines : [make("li", { class: "ms-hint", text: say("sitting.not_accepted") })]));
      if (!stated) return;
      text.value = "";
      drop();
    },
  };
}
