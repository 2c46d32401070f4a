import { isolated } from "./bidi.js";
import { make, setText } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { randomHex } from "./ids.js";
import { createDayField } from "./day_field.js";
import { presentPart } from "./present.js";
import { labelled, locks, makeSection, makeSelect } from "./section.js";

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
  let acting = null;
  const state = (act, values = {}) => {
    acting = act;
    lock(true);
    awaited = ask({ do: "sitting", act, ...values });
  };
  const wrong = make("p", { class: "ms-hint", role: "alert" });
  /** What is typed and not stated, over a reload. */
  const keeper = (act, kept = drafts.form(formOf(act, room))) => ({ kept, keep: (values) => drafts.keepForm(formOf(act, room), values), drop: () => drafts.dropForm(formOf(act, room)) });
  const theirs = side === "agency";
  const parts = [theirs ? readWhen(words) : whenPart(words, keeper("when"), state), presentPart(words, side, keeper("attend"), state), theirs ? readAgreed(words) : agreedPart(words, keeper("agree"), state), acceptPart(words, side, keeper("accept"), state)];
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
      lock(false);
      // What is stated next, such as the next of a list, waits again.
      for (const part of parts) part.show(sitting, act === part.act || (part.acts ?? []).includes(act), act);
    },
    /** @param {string} why @param {string} of @param {boolean} later whether it is asked on */
    fail(why, of, later) {
      if (of !== awaited) return;
      const teller = parts.find((part) => part.act === acting && part.fail);
      if (!teller) setText(wrong, why);
      else setText(wrong, "");
      if (!later) {
        awaited = null;
        lock(false);
      }
      teller?.fail(why, later);
    },
  };
}

/** When and where it was, in one line. */
function whenText(words, { held_on, begins, ends, place }) {
  const hours = [begins, ends].filter(Boolean).map((hour) => hour.replace(":", ".")).join("–");
  return [words.day(held_on), hours, place].filter(Boolean).map(isolated).join(" · ");
}

/** What the evaluators state, as the agency reads it: in words, as there is nothing to fill in. */
function readPart(act, title, lines) {
  const list = make("ul", { class: "ms-questions" });
  const line = ({ text, more }) => make("li", { class: "ms-question" }, make("p", { text }), more ? make("p", { class: "ms-about", text: more }) : null);
  return { act, element: makeSection(act, title, null, list), lock() {}, show: (now) => list.replaceChildren(...lines(now).map(line)) };
}

const readWhen = (words) =>
  readPart("when", words.say("sitting.when"), ({ when_all: all, name, zone, stated, ...planned }) => {
    const told = all.length > 0 ? all.map((each) => ({ text: whenText(words, each), more: words.say("text.said", { by: each.by, at: words.moment(each.at) }) })) : [{ text: whenText(words, planned) }];
    return [{ text: words.say(stated ? "sitting.when_stated" : "sitting.when_planned", { name: name || words.say("sitting.no_room"), zone }) }, ...told];
  });

const readAgreed = (words) =>
  readPart("agreed", words.say("sitting.agreed"), ({ agreed_all: all }) => {
    const { say } = words;
    const duty = ({ side, due }) => [say("sitting.by_side", { side: say(`sitting.sides.${side}`) }), due ? say("question.until", { day: words.day(due) }) : ""].filter(Boolean).join(" · ");
    if (all.length === 0) return [{ text: say("sitting.nothing_agreed") }];
    return all.map((each) => ({ text: each.text, more: [duty(each), say("text.said", { by: each.by, at: words.moment(each.at) })].join(" · ") }));
  });

function whenPart(words, { kept, keep, drop }, state) {
  const { say } = words;
  const { element: dayField, input: day, set: setDay } = createDayField(words, say("sitting.day"));
  const [begins, ends] = ["time", "time"].map((type) => make("input", { type }));
  const where = make("input", { type: "text", maxlength: "200" });
  const save = make("button", { class: "ms-button", text: say("sitting.save"), onclick: () => state("when", { base, held_on: day.value, begins: begins.value, ends: ends.value, place: where.value }) });
  const about = make("p", { class: "ms-about" });
  const form = make("div", { class: "ms-form" }, make("div", { class: "ms-form-three" }, dayField, labelled(say("sitting.begins"), begins), labelled(say("sitting.ends"), ends)), labelled(say("sitting.place"), where), make("div", { class: "ms-buttons" }, save));
  const { why, lock } = locks(form);
  const others = make("ul", { class: "ms-questions", hidden: true });
  let base = kept?.base ?? [];
  const fill = ([on, from, to, at]) => {
    setDay(on);
    [begins.value, ends.value, where.value] = [from, to, at];
  };
  if (kept) fill(kept.values);
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
      showOthers(others, words, now.when_all.map(({ held_on, begins: from, ends: to, place, by, at }) => ({ text: whenText(words, { held_on, begins: from, ends: to, place }), by, at })));
      setText(about, say(now.stated ? "sitting.when_stated" : "sitting.when_planned", { name: now.name || say("sitting.no_room"), zone: now.zone }));
      if (stated) drop();
      if (filled && !stated) return;
      filled = true;
      base = now.when_base;
      fill([now.held_on, now.begins ?? "", now.ends ?? "", now.place]);
    },
  };
}

function agreedPart(words, { kept, keep, drop }, state) {
  const { say } = words;
  const text = make("textarea", { rows: "3" });
  const by = makeSelect(["agency", "evaluator"], (each) => say(`sitting.sides.${each}`));
  const { element: dueField, input: due, set: setDue } = createDayField(words, say("sitting.due"));
  const save = make("button", { class: "ms-button", text: say("sitting.save"), onclick: () => state("agree", { base, text: text.value, side: by.value, due: due.value }) });
  const form = make("div", { class: "ms-form" }, labelled(say("sitting.agreed_text"), text), make("div", { class: "ms-form-pair" }, labelled(say("sitting.by"), by), dueField), make("div", { class: "ms-buttons" }, save));
  const { why, lock } = locks(form);
  const others = make("ul", { class: "ms-questions", hidden: true });
  let base = kept?.base ?? [];
  const fill = ({ text: said, side, due: day }) => {
    [text.value, by.value] = [said, side];
    setDue(day ?? "");
  };
  if (kept) fill(kept);
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
      fill(agreed ?? { text: "", side: "agency", due: "" });
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
