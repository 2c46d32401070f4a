import { make, replaceKeepingFocus, setAttribute } from "./dom.js";
import { icon } from "./icons.js";
import { isAlike, verdictOf } from "./signs.js";

/**
 * Statements that stand against each other, side by side. One is chosen, or another level is: the
 * new statement names them all, and nothing is taken away.
 *
 * @param {{sub: SubAspect, words: Words, state: State, act: Actions, covered: () => boolean,
 *   back: () => void}} given
 */
export function createConflicts({ sub, words, state, act, covered, back }) {
  const { say } = words;
  const element = make("div", { class: "ms-conflicts", role: "group", tabindex: "-1", hidden: true, "aria-label": say("conflict.title") });
  let drawn = "";

  function statement(level, choosable) {
    const choose = () => {
      act.choose(sub.code, level);
      back();
    };
    return make(
      "li",
      {},
      make("b", { text: level.level === null ? say("conflict.taken_back") : say("conflict.level", { step: level.level }) }),
      make("p", { class: "ms-about", text: say("text.said", { by: level.by, at: words.moment(level.at) }) }),
      make("p", { text: level.reason || say(state.view.pass === "self" ? "conflict.no_words" : "conflict.no_reason") }),
      choosable ? make("button", { class: "ms-button", "data-focus": `choose-${level.ids[0]}`, text: say("conflict.choose"), onclick: choose }) : null,
    );
  }

  function part(title, levels, choosable) {
    return [
      make("p", { class: "ms-conflict-title" }, icon("conflict"), make("b", { text: title })),
      make("ul", {}, ...levels.map((level) => statement(level, choosable))),
    ];
  }

  /** They agree, and only did not know of each other: there is nothing to choose. */
  function same(levels, isOwn, may) {
    const facts = { step: levels[0].level, count: levels.length };
    const unite = () => {
      act.unite(sub.code, levels);
      back();
    };
    const parts = part(say("conflict.alike", facts), levels, false);
    if (!may) return parts;
    const button = make("button", { class: "ms-button", "data-main": true, "data-focus": "unite", onclick: unite }, make("span", { text: say("conflict.unite", facts) }));
    return [...parts, make("div", { class: "ms-buttons" }, button, isOwn ? null : make("kbd", { text: "Enter", "aria-hidden": "true" }))];
  }

  return {
    element,
    show() {
      const item = state.item(sub.code);
      const ours = verdictOf(item, state.view.pass, covered()).disputed;
      const isOwn = state.view.pass === "self";
      setAttribute(element, "data-alike", isAlike(ours));
      const theirs = isOwn ? [] : item.disputed.self;
      const key = JSON.stringify([ours, theirs, state.may("level")]);
      if (key === drawn) return;
      drawn = key;
      const parts = [];
      const may = state.may("level") === "";
      const title = isOwn ? "conflict.team" : "conflict.ours";
      if (isAlike(ours)) parts.push(...same(ours, isOwn, may));
      else if (ours.length > 1) parts.push(...part(say(may ? title : `${title}_read`), ours, may));
      if (theirs.length > 1) parts.push(...part(say("conflict.theirs"), theirs, false));
      replaceKeepingFocus(element, parts);
      element.hidden = parts.length === 0;
    },
  };
}
