import { freshId, make, setAttribute, setText } from "../sheet/dom.js";
import { icon } from "../sheet/icons.js";
import { dayOf, KEEPS } from "./standing.js";

/** One figure of the whole day with its name. */
function dayFigure(name, words) {
  const value = make("b");
  const more = make("span", { class: "ms-figure-more" });
  const element = make("div", { class: "ms-figure", "data-figure": name }, make("dt", { text: words.say(`figure.${name}`) }), make("dd", {}, value, more));
  return {
    element,
    show(number, said, tone) {
      setText(value, String(number));
      setText(more, said);
      setAttribute(element, "data-tone", tone);
    },
  };
}

const sum = (seen, pick) => seen.reduce((total, each) => total + (each.figures ? pick(each.figures) : 0), 0);

/** The assessments among rows, each once: two rooms may meet one agency. */
const onceEach = (seen) => [...new Map(seen.map((each) => [each.row.assessment, each])).values()];

/**
 * The day at a glance, and what the table is narrowed to.
 *
 * @param {{words: Words, lang: string, choose: (name: string) => void, day: (day: string) => void,
 *   seek: (text: string) => void, leaveSearch: () => void}} deeds
 */
export function createSummary({ words, lang, choose, day, seek, leaveSearch }) {
  const { say } = words;
  const many = new Intl.NumberFormat(lang === "en" ? "en-GB" : "id-ID");
  const marks = make("p", { class: "ms-marks" });
  const round = make("span");
  const usual = make("span");
  const own = make("span");
  const figures = Object.fromEntries(["rooms", "running", "done", "conflicts", "progress"].map((name) => [name, dayFigure(name, words)]));
  const liveText = make("span");
  const live = make("p", { class: "ms-save mr-live", "data-save": "saved" }, icon("saved"), icon("unsaved"), liveText);
  const told = make("p", { class: "ms-unseen", role: "status", "aria-live": "polite" });

  const dayId = freshId("day");
  const days = make("select", { id: dayId, "data-focus": "day", onchange: () => day(days.value) });
  const search = make("input", { type: "search", class: "ms-search", placeholder: say("search"), "aria-label": say("search") });
  search.addEventListener("input", () => seek(search.value.trim().toLowerCase()));
  search.addEventListener("keydown", (event) => {
    if (!["Escape", "Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") seek((search.value = ""));
    leaveSearch();
  });
  const chips = Object.keys(KEEPS).map((name) => {
    const count = make("b");
    const button = make("button", { class: "ms-chip", "data-filter": name, onclick: () => choose(name) }, make("span", { text: say(`filter.${name}`) }), count);
    return { name, count, button };
  });
  const filters = make("div", { class: "ms-filters", role: "group", "aria-label": say("filter.label") }, ...chips.map(({ button }) => button));
  const shown = make("span", { class: "ms-about mr-shown" });
  const element = make(
    "header",
    { class: "ms-head" },
    marks,
    make(
      "div",
      { class: "ms-head-main" },
      make("div", { class: "ms-who" }, make("h2", { text: say("title") }), make("p", { class: "ms-where" }, round, usual, own)),
      make("dl", { class: "ms-totals" }, ...Object.values(figures).map((each) => each.element)),
      live,
    ),
    make("div", { class: "mr-tools" }, make("label", { class: "ms-unseen", for: dayId, text: say("day.label") }), days, search, filters, shown),
    told,
  );
  let listed = "";

  return {
    element,
    search,
    /** @param {Ground} ground @param {string} stage that most are in @param {string} chosen a day, "" of all */
    ground(ground, stage, chosen, now) {
      setText(round, ground.round);
      setText(usual, stage);
      usual.hidden = !stage;
      setText(own, ground.own ? say("own", { count: ground.own }) : "");
      own.hidden = !ground.own;
      if (marks.childElementCount !== ground.marks.length) marks.replaceChildren(...ground.marks.map((text) => make("span", { text })));
      const today = dayOf(now);
      const held = [...new Set(ground.rows.map((row) => row.held_on).filter(Boolean))].sort();
      const named = (each) => (each === today ? say("day.today", { day: words.day(each) }) : words.day(each));
      const options = [["", say("day.all")], ...held.map((each) => [each, named(each)])];
      if (ground.rows.some((row) => !row.held_on)) options.push(["-", say("day.none")]);
      if (JSON.stringify(options) !== listed) {
        listed = JSON.stringify(options);
        days.replaceChildren(...options.map(([value, text]) => make("option", { value, text })));
      }
      days.value = chosen;
    },
    /**
     * @param {Object[]} seen of the day @param {Object[]} kept of those, the ones in the table
     * @param {string} filter
     */
    show(seen, kept, filter) {
      const of = (state) => seen.filter((each) => each.state === state).length;
      const rooms = new Set(seen.map(({ row }) => row.room).filter(Boolean)).size;
      const once = onceEach(seen);
      const disputed = once.filter(({ figures: has }) => has?.conflicts).length;
      const running = of("running") + of("quiet");
      figures.rooms.show(rooms, say("figure.agencies", { count: once.length }), null);
      const quiet = of("quiet") ? say("figure.quiet_too", { count: of("quiet") }) : running ? say("figure.all_heard") : "";
      figures.running.show(running, quiet, of("quiet") ? "warn" : null);
      figures.done.show(of("done"), of("over") ? say("figure.over", { count: of("over") }) : say("figure.none_over"), of("over") ? "warn" : null);
      figures.conflicts.show(sum(once, (each) => each.conflicts), disputed ? say("figure.in_rooms", { count: disputed }) : say("figure.no_conflict"), disputed ? "bad" : null);
      const of_ = many.format(sum(once, (each) => each.of));
      figures.progress.show(many.format(sum(once, (each) => each.assessed)), say("figure.of", { of: of_ }), null);
      for (const { name, count, button } of chips) {
        setText(count, String(seen.filter(KEEPS[name]).length));
        setAttribute(button, "aria-pressed", String(name === filter));
      }
      setText(shown, kept.length === seen.length ? "" : say("shown", { shown: kept.length, count: seen.length }));
    },
    /** Whether news come in: `why` says why they cannot. */
    live(heard, silent, why) {
      const time = words.clock(heard);
      const state = silent || why ? "unsaved" : "saved";
      if (live.dataset.save !== state) setText(told, say(state === "saved" ? "live.told_live" : "live.told_silent"));
      setAttribute(live, "data-save", state);
      setText(liveText, why ? say("live.away", { why }) : say(silent ? "live.silent" : "live.at", { time }));
    },
    announce: (text) => setText(told, text),
  };
}
