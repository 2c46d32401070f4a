import { make, setAttribute } from "./dom.js";
import { icon } from "./icons.js";
import { verdictOf } from "./signs.js";

/**
 * The texts of all levels side by side; a card is the choice itself.
 *
 * @param {{sub: SubAspect, sheet: Sheet, words: Words, state: State,
 *   choose: (step: ?number) => void, covered: () => boolean}} given
 */
export function createCards({ sub, sheet, words, state, choose, covered }) {
  const { say } = words;
  const cards = new Map();
  for (const step of sheet.steps) {
    const text = sub.levels.find((level) => level.step === step)?.text ?? (step === 0 ? sheet.unproven : "") ?? "";
    const tags = make("span", { class: "ms-tags" });
    const number = make("span", { class: "ms-step" }, make("span", { text: String(step) }), icon("agreed"));
    const card = make(
      "button",
      { class: "ms-card", role: "radio", "data-step": String(step), "data-code": sub.code, onclick: () => pick(step) },
      make("span", { class: "ms-card-top" }, number, tags),
      make("span", { class: "ms-card-text", text }),
    );
    cards.set(step, { card, tags, drawn: "" });
  }
  const group = make("div", { class: "ms-cards", role: "radiogroup", "aria-label": say("cards.label", { code: sub.code }) }, ...[...cards.values()].map(({ card }) => card));
  const steps = [...cards.keys()];
  // Where it differs: the browser lays the page out at once when that of the focused card is set.
  const roam = (card, isStop) => setAttribute(card, "tabindex", isStop ? 0 : -1);
  // "Nothing proven" is said in few words.
  const columns = steps.map((step) => (step === 0 ? "minmax(0, 0.55fr)" : "minmax(0, 1fr)"));
  group.style.setProperty("--ms-columns", columns.join(" "));
  group.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = steps.findIndex((step) => cards.get(step).card === event.target);
    if (!way || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    cards.get(steps[(at + way + steps.length) % steps.length]).card.focus();
  });

  /** The clicked card has the focus by now: it becomes the stop before anything else moves. */
  function pick(step) {
    for (const [other, { card }] of cards) roam(card, other === step);
    choose(step);
  }

  /** What is said of a step by whom: name of the tag and its words. */
  function tagsOf(step, item, verdict) {
    const tags = [];
    if (verdict.step === step) {
      const kind = verdict.carried ? "carried" : verdict.level.draft ? "draft" : ["self", "second"].includes(state.view.pass) ? "own" : "verified";
      tags.push([kind, say(`tag.${kind}`)]);
    }
    for (const each of verdict.disputed) {
      if (each.level === step) tags.push(["conflict", say("tag.disputed", { by: each.by })]);
    }
    if (state.view.pass === "self") {
      // What the evaluators hold it to be, where they have said so.
      if ((item.akhir ?? item.awal)?.level === step) tags.push(["verified", say("tag.verified")]);
    } else if (item.self?.level === step) tags.push(["self", say("tag.self")]);
    if (state.view.pass === "akhir" && item.akhir && item.awal?.level === step) tags.push(["awal", say("tag.awal")]);
    if (sub.previous?.level === step) tags.push(["previous", say("tag.previous", { round: sub.previous.round })]);
    if (item.mismatch?.field === step) tags.push(["field", say("tag.field")]);
    return tags;
  }

  return {
    element: group,
    /** Scroll to a card inside what scrolls around it, and only there: the page must not jump. */
    reveal(step) {
      const card = cards.get(step)?.card;
      const pane = group.closest(".ms-detail");
      if (!card || !pane) return;
      const [seen, box] = [pane.getBoundingClientRect(), card.getBoundingClientRect()];
      const over = Math.min(0, box.top - seen.top - 4);
      const under = Math.max(0, Math.min(box.bottom - seen.bottom + 4, box.top - seen.top - 4));
      if (over || under) pane.scrollTop += over || under;
    },
    show() {
      const item = state.item(sub.code);
      const verdict = verdictOf(item, state.view.pass, covered());
      const locked = state.may("level") !== "";
      for (const [step, held] of cards) {
        const chosen = verdict.step === step;
        const tags = tagsOf(step, item, verdict);
        setAttribute(held.card, "aria-checked", String(chosen));
        setAttribute(held.card, "data-draft", chosen && (verdict.level.draft || verdict.carried) ? "true" : null);
        setAttribute(held.card, "aria-disabled", locked ? "true" : null);
        roam(held.card, chosen || (verdict.step === null && step === steps[0]));
        const key = JSON.stringify(tags);
        if (key === held.drawn) continue;
        held.drawn = key;
        held.tags.replaceChildren(...tags.map(([kind, text]) => make("span", { class: "ms-tag", "data-tag": kind, text })));
      }
    },
  };
}
