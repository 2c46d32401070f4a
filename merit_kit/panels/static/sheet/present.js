import { freshId, make, replaceKeepingFocus, setAttribute, setText } from "./dom.js";
import { labelled, locks, makeSection, makeSelect } from "./section.js";
import { bareNip, nipFault, rosterOf } from "./roster.js";

const SIDES = ["agency", "evaluator", "host"];

/** A field of a NIP, which says at itself what is wrong with what stands in it. */
function nipField(words) {
  const { say } = words;
  const wrong = make("p", { class: "ms-field-wrong", id: freshId("nip"), role: "alert", hidden: true });
  const input = make("input", { type: "text", maxlength: "40", autocomplete: "off", "aria-describedby": wrong.id });
  const element = labelled(say("sitting.nip"), input);
  element.append(wrong);
  const tell = () => {
    const fault = nipFault(input.value);
    setText(wrong, fault ? say("sitting.nip_wrong", fault) : "");
    wrong.hidden = !fault;
    setAttribute(input, "aria-invalid", fault ? "true" : null);
    return fault === null;
  };
  input.addEventListener("change", tell);
  // Told late, mended at once.
  input.addEventListener("input", () => wrong.hidden || tell());
  return { input, element, tell };
}

/**
 * Who is there, one by one or as a list pasted from a spreadsheet.
 *
 * @param {Words} words @param {"evaluator"|"agency"} side
 * @param {{kept: ?Array, keep: (values: Array) => void, drop: () => void}} keeper what is typed,
 *   over a reload
 * @param {(act: string, values: Object) => void} state
 */
export function presentPart(words, side, { kept, keep, drop }, state) {
  const { say } = words;
  const [name, office] = [60, 120].map((most) => make("input", { type: "text", maxlength: String(most), autocomplete: "off" }));
  const { input: nip, element: nipElement, tell: tellNip } = nipField(words);
  const of = makeSelect(side === "agency" ? ["agency"] : SIDES, (each) => say(`sitting.sides.${each}`));
  const signs = make("input", { type: "checkbox" });
  const add = make("button", { class: "ms-button", text: say("sitting.add"), onclick: send });
  const list = make("table", { class: "ms-present" });
  const nobody = make("p", { class: "ms-hint", text: say("sitting.nobody") });
  const wrong = make("p", { class: "ms-field-wrong", role: "alert", hidden: true });
  const staged = make("div", { class: "ms-staged", role: "group", tabindex: "-1", hidden: true });
  const form = make("div", { class: "ms-form" }, make("div", { class: "ms-form-three" }, labelled(say("sitting.name"), name), nipElement, labelled(say("sitting.office"), office)), make("p", { class: "ms-hint", text: say("sitting.paste_hint") }), make("div", { class: "ms-form-three" }, labelled(say("sitting.side"), of), labelled(say("sitting.signs"), signs, "ms-check")), staged, wrong, make("div", { class: "ms-buttons" }, add));
  const { why, lock } = locks(form);
  let open = true;
  /** Those of a pasted list who are not on the list yet. @type {Listed[]} */
  let waiting = [];
  let sending = false;
  if (kept) [name.value, nip.value, office.value, of.value, signs.checked, waiting = []] = kept;

  function remember() {
    const isEmpty = !signs.checked && waiting.length === 0 && [name, nip, office].every(({ value }) => value === "");
    if (isEmpty) drop();
    else keep([name.value, nip.value, office.value, of.value, signs.checked, waiting]);
  }

  function put(listed) {
    [name.value, nip.value, office.value] = [listed.name, listed.nip, listed.office];
    if (!tellNip()) nip.focus();
    remember();
  }

  function refuse(text) {
    setText(wrong, text);
    wrong.hidden = text === "";
  }

  const stateOne = (listed) => state("attend", { ...listed, nip: bareNip(listed.nip), side: of.value, signs: signs.checked });

  function send() {
    refuse("");
    if (name.value.trim() === "") return name.focus();
    if (!tellNip()) return nip.focus();
    stateOne({ name: name.value, nip: nip.value, office: office.value });
  }

  /** One after the other, as each is a statement of its own; those that cannot be stated stay. */
  function sendNext() {
    const next = waiting.find((each) => nipFault(each.nip) === null);
    sending = next !== undefined;
    if (sending) stateOne(next);
    return sending;
  }

  function pasted(event) {
    const rows = rosterOf(event.clipboardData?.getData("text/plain") ?? "");
    if (!rows) return;
    event.preventDefault();
    refuse(rows.length === 0 ? say("sitting.paste_empty") : "");
    if (rows.length === 1) put(rows[0]);
    else waiting = [...waiting, ...rows];
    remember();
    showStaged();
    if (rows.length > 1) staged.focus();
  }

  function stagedRow(each, at) {
    const fault = nipFault(each.nip);
    const away = () => {
      waiting = waiting.filter((other) => other !== each);
      remember();
      showStaged();
    };
    const mend = () => {
      away();
      put(each);
    };
    const button = (key, deed) => make("button", { class: "ms-quiet", "data-focus": `${key}-${at}`, text: say(`sitting.${key}`), "aria-label": say(`sitting.${key}_of`, { name: each.name }), onclick: deed });
    return make(
      "li",
      { "data-fault": fault ? "true" : null },
      make("b", { text: each.name }),
      make("span", { class: "ms-about", text: [each.nip || "–", each.office || "–"].join(" · ") }),
      make("span", { class: "ms-buttons" }, fault ? button("mend", mend) : null, button("leave_out", away)),
      fault ? make("p", { class: "ms-field-wrong", text: say("sitting.nip_wrong", fault) }) : null,
    );
  }

  function showStaged() {
    const faulty = waiting.filter((each) => nipFault(each.nip)).length;
    const all = make("button", { class: "ms-button", "data-main": true, "data-focus": "staged-all", hidden: faulty === waiting.length, text: say("sitting.add_all", { count: waiting.length - faulty }), onclick: () => (refuse(""), sendNext()) });
    const told = say(faulty ? "sitting.staged_faulty" : "sitting.staged", { count: waiting.length, faulty });
    staged.hidden = waiting.length === 0;
    setAttribute(staged, "aria-label", told);
    replaceKeepingFocus(staged, staged.hidden ? [] : [make("p", { text: told }), make("ul", {}, ...waiting.map(stagedRow)), make("div", { class: "ms-buttons" }, all)]);
  }

  form.addEventListener("input", remember);
  form.addEventListener("paste", (event) => [name, nip, office].includes(event.target) && pasted(event));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    send();
  });
  showStaged();

  const cell = (text) => make("td", { text });
  const row = (each) => {
    const mine = open && (side !== "agency" || each.side === "agency");
    const off = make("button", { class: "ms-quiet", text: say("sitting.remove"), "aria-label": say("sitting.remove_of", { name: each.name }), onclick: () => state("leave", { person: each.person }) });
    const marks = make("td", {}, make("span", { class: "ms-tag", text: say(`sitting.sides.${each.side}`) }), each.signs ? make("span", { class: "ms-tag", text: say("sitting.signs_mark") }) : null);
    return make("tr", {}, make("th", { scope: "row", text: each.name }), cell(each.nip || "–"), cell(each.office || "–"), marks, make("td", {}, mine ? off : null));
  };
  const heads = ["name", "nip", "office", "side", "deeds"].map((key) => make("th", { scope: "col", text: say(`sitting.${key}`) }));
  const top = make("thead", {}, make("tr", {}, ...heads));

  /** The first of the list that was sent is on it. */
  function sent() {
    const done = waiting.find((each) => nipFault(each.nip) === null);
    waiting = waiting.filter((each) => each !== done);
    remember();
    showStaged();
    if (!sendNext()) (waiting.length > 0 ? staged : name).focus();
  }

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
      if (act === "leave") return name.focus();
      refuse("");
      if (sending) return sent();
      for (const field of [name, nip, office]) field.value = "";
      signs.checked = false;
      remember();
      name.focus();
    },
    /** What was asked for is not stated: told here, where it is mended. */
    fail(text, later) {
      refuse(text);
      if (later) return;
      sending = false;
      (staged.hidden ? name : staged).focus();
    },
  };
}
