import { make } from "./dom.js";

/** Plain enough for every printer; what is handed in is kept on paper or as PDF. */
const PRINTED = `body { font: 11pt/1.45 system-ui, "Segoe UI", sans-serif; margin: 0; color: #000; }
h1 { font-size: 15pt; margin: 0 0 2mm; } .marks { border: 0.4mm solid #a32020; color: #a32020; padding: 1mm 2mm; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 5mm; margin: 4mm 0; } dt { color: #444; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 10pt; } th, td { border: 0.2mm solid #999; padding: 0.8mm 2mm; text-align: left; vertical-align: top; font-weight: 400; }
thead th { font-weight: 600; } tr { break-inside: avoid; } @page { size: A4; margin: 18mm; }`;

/** @param {string} digest in groups of eight, as it is compared */
const inGroups = (digest) => digest.match(/.{1,8}/g).join(" ");

/** What was handed in, when and by whom, as pairs of a name and a text. */
export function receiptFacts({ submitted, levels, files }, words, sheet) {
  const { say } = words;
  return [
    [say("check.receipt.agency"), sheet.agency.name],
    [say("check.receipt.round"), sheet.round.name],
    [say("check.receipt.at"), words.moment(submitted.at)],
    [say("check.receipt.by"), submitted.by],
    [say("check.receipt.number"), submitted.number.slice(0, 8).toUpperCase()],
    [say("check.receipt.contents"), say("check.receipt.counts", { levels: Object.keys(levels).length, files })],
    ...(submitted.text ? [[say("check.remark"), submitted.text]] : []),
    [say("check.receipt.digest"), inGroups(submitted.of)],
  ];
}

/** @param {string[][]} facts */
export const factList = (facts) => make("dl", { class: "ms-receipt-facts" }, ...facts.flatMap(([name, text]) => [make("dt", { text: name }), make("dd", { text })]));

/**
 * Print what was handed in, with every level, or keep it as PDF: by the browser's own dialog. It is
 * written into a frame of its own, as nothing else of the page belongs on that paper.
 */
export function printReceipt(place, check, words, sheet) {
  const { say } = words;
  const frame = make("iframe", { class: "ms-unseen", title: say("check.receipt.title"), tabindex: "-1", "aria-hidden": "true" });
  place.append(frame);
  const page = frame.contentDocument;
  page.documentElement.lang = document.documentElement.lang;
  page.title = [say("check.receipt.title"), sheet.agency.code, sheet.round.code].join(" ");
  const style = page.createElement("style");
  style.textContent = PRINTED;
  page.head.append(style);
  const rows = sheet.subs.map(({ code, name }) => make("tr", {}, make("td", { text: code }), make("th", { scope: "row", text: name }), make("td", { text: String(check.levels[code] ?? "–") })));
  const heads = ["code", "name", "level"].map((key) => make("th", { scope: "col", text: say(`check.receipt.${key}`) }));
  const marks = sheet.marks.length > 0 ? make("p", { class: "marks", text: sheet.marks.join(" · ") }) : null;
  const parts = [marks, make("h1", { text: say("check.receipt.title") }), factList(receiptFacts(check, words, sheet)), make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows))];
  page.body.append(...parts.filter(Boolean));
  frame.contentWindow.addEventListener("afterprint", () => setTimeout(() => frame.remove()));
  frame.contentWindow.print();
}
