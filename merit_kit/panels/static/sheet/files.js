import { make, setAttribute, setText } from "./dom.js";
import { makeSelect } from "./section.js";
import { createUpload } from "./upload.js";
import { createViewer } from "./viewer.js";

/**
 * The files of one assessment: where they are read, beside the item they belong to, and where they
 * are given.
 *
 * @typedef {ReturnType<typeof createFiles>} Files
 *
 * @param {{words: Words, sheet: Sheet, state: State, act: Actions, room: ?string,
 *   current: () => string, body: HTMLElement, back: () => void,
 *   post: (message: Object, buffers?: ArrayBuffer[]) => void, told: () => void}} given
 *   `body` makes room for the viewer; `back` gives the focus to the list; `told` is called when more
 *   or less is on its way
 */
export function createFiles({ words, sheet, state, act, room, current, body, back, post, told }) {
  const { say } = words;
  const { assessment } = sheet;
  let code = null;

  const viewer = createViewer({
    words,
    ask: (message) => post({ ...message, assessment }),
    slots: (shown) => [judging(shown)],
    closed() {
      setAttribute(body, "data-viewer", null);
      if (!body.contains(document.activeElement)) back();
    },
  });
  const upload = createUpload({
    words,
    place: () => ({ assessment, room, sub_aspect: current() }),
    may: () => state.may("evidence"),
    send: post,
    told,
  });

  const heldOf = (file) => state.item(code)?.evidence.find((each) => each.file === file);

  /** What the evaluators hold a file to be, beside the file; only the word, for whoever may not. */
  function judging({ file }) {
    const held = heldOf(file);
    const given = held?.state ?? "belum-diperiksa";
    if (!held || state.may("evidence_state")) return make("span", { class: "ms-tag", "data-evidence": given, text: say(`evidence.states.${given}`) });
    const select = makeSelect(sheet.choices.evidence_states, (name) => say(`evidence.states.${name}`), { "aria-label": say("evidence.state_of", { name: held.name }) });
    select.value = given;
    select.addEventListener("change", () => act.evidence(code, file, { state: select.value }));
    return select;
  }

  const listOf = (of) => state.item(of).evidence.map(({ file, name, size, sha256 }) => ({ file, name, size, sha256 }));

  return {
    viewer: viewer.element,
    upload: upload.element,
    /** @param {string} of the sub-aspect @param {string} file */
    open(of, file) {
      code = of;
      const list = listOf(code);
      setAttribute(body, "data-viewer", "true");
      viewer.open(list, Math.max(0, list.findIndex((each) => each.file === file)));
    },
    /** Choose a file that takes the place of one. */
    revise: (file, base) => upload.pick({ file, base }),
    leave: (to) => code !== null && to !== code && viewer.close(),
    show() {
      upload.show();
      if (code !== null) viewer.update(listOf(code));
      const shown = viewer.shows();
      const select = shown && viewer.element.querySelector(".ms-viewer-slots select");
      if (select) select.value = heldOf(shown.file)?.state ?? "belum-diperiksa";
      const word = shown && viewer.element.querySelector(".ms-viewer-slots .ms-tag");
      if (word) setText(word, say(`evidence.states.${heldOf(shown.file)?.state ?? "belum-diperiksa"}`));
    },
    heard: viewer.heard,
    uploaded: upload.heard,
    resume: upload.resume,
    sending: upload.count,
    goOn: upload.goOn,
    stop() {
      viewer.stop();
      upload.stop();
    },
  };
}
