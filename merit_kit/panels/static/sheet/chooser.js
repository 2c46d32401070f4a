import { isolated } from "./bidi.js";
import { make, setText } from "./dom.js";
import { icon } from "./icons.js";

const MOST_SHOWN = 120;

/**
 * Round, room, agency: this person's rooms first.
 *
 * @param {{places: Object[], words: Words, open: (place: Object) => void, current: ?string,
 *   back: ?(() => void)}} given `back` leads to the sheet that is open, if one is
 */
export function createChooser({ places, words, open, current, back }) {
  const { say } = words;
  const rounds = [...new Map(places.map((place) => [place.round, place.round_name]))];
  const round = make("select", { "aria-label": say("chooser.round") }, make("option", { value: "", text: say("chooser.all_rounds") }), ...rounds.map(([value, text]) => make("option", { value, text })));
  const search = make("input", { type: "search", class: "ms-search", placeholder: say("chooser.search"), "aria-label": say("chooser.search") });
  const found = make("div", { class: "ms-places" });
  const more = make("p", { class: "ms-about" });
  const wrong = make("p", { class: "ms-wrong", role: "alert" });
  const element = make(
    "div",
    { class: "ms-chooser" },
    make("div", { class: "ms-chooser-head" }, make("h2", { text: say("chooser.title") }), back && make("button", { class: "ms-button", "data-tool": "back", text: say("chooser.back"), onclick: back })),
    make("p", { class: "ms-about", text: say("chooser.lead") }),
    make("div", { class: "ms-chooser-top" }, round, search),
    wrong,
    found,
    more,
  );

  function choose(place) {
    setText(wrong, "");
    open(place);
  }

  function tile(place) {
    const facts = [place.round_name, place.room_name, place.held_on ? words.day(place.held_on) : ""];
    return make(
      "button",
      { class: "ms-place", "data-assessment": place.assessment, "data-room": place.room, "aria-current": place.assessment === current ? "true" : null, onclick: () => choose(place) },
      make("b", { text: place.agency_name }),
      make("span", { class: "ms-about", text: facts.filter(Boolean).map(isolated).join(" · ") }),
      place.invented ? make("span", { class: "ms-tag", text: say("chooser.invented") }) : null,
      icon("next"),
    );
  }

  function part(title, kept) {
    if (kept.length === 0) return [];
    return [make("h3", { text: title }), make("div", { class: "ms-place-list" }, ...kept.map(tile))];
  }

  function show() {
    const sought = search.value.trim().toLowerCase();
    const fits = places.filter(
      (place) => (round.value === "" || place.round === round.value) && `${place.agency_name} ${place.agency} ${place.room_name ?? ""}`.toLowerCase().includes(sought),
    );
    const kept = [...fits.filter((place) => place.mine), ...fits.filter((place) => !place.mine)].slice(0, MOST_SHOWN);
    const parts = [...part(say("chooser.mine"), kept.filter((place) => place.mine)), ...part(say("chooser.others"), kept.filter((place) => !place.mine))];
    found.replaceChildren(...parts);
    setText(more, fits.length > kept.length ? say("chooser.more", { count: fits.length - kept.length }) : fits.length === 0 ? say("chooser.none") : "");
  }

  round.addEventListener("change", show);
  search.addEventListener("input", show);
  // Enter in the search opens the first one found: a sheet is reached without the mouse.
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    found.querySelector("button")?.click();
  });
  show();
  return {
    element,
    focus: () => search.focus({ preventScroll: true }),
    /** The one that was chosen could not be opened. */
    fail(assessment, why) {
      const { agency_name: agency } = places.find((place) => place.assessment === assessment);
      setText(wrong, say("chooser.failed", { agency, why }));
    },
  };
}
