import { make, setText } from "../sheet/dom.js";

const SCALE = 2; // of a PNG: sharp in print

/** A picture as an element. It comes from the kernel, escaped there, and holds no script here. */
function drawn(svg) {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") return document.createElement("span");
  for (const each of [...parsed.querySelectorAll("script, foreignObject, a, image, use")]) each.remove();
  return document.importNode(parsed, true);
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileOf = (title, ending) => `${title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "gambar"}.${ending}`;

/** @param {string} svg @returns {Promise<Blob>} the same as dots */
export async function asPng(svg) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function tableOf(picture) {
  const head = make("tr", {}, ...picture.head.map((text) => make("th", { scope: "col", text })));
  const rows = picture.rows.map((row) => make("tr", {}, ...row.map((text, at) => make(at ? "td" : "th", { scope: at ? null : "row", text }))));
  return make("table", { class: "mg-plain" }, make("caption", { class: "ms-unseen", text: picture.title }), make("thead", {}, head), make("tbody", {}, ...rows));
}

/**
 * A picture with its table and what takes both along.
 * @param {Picture} picture @param {Words} words @param {boolean} open whether the table is unfolded
 */
export function pictureOf(picture, words, open = false) {
  const { say } = words;
  const why = make("span", { class: "ms-about", role: "status" });
  const asSvg = () => save(new Blob([picture.svg], { type: "image/svg+xml" }), fileOf(picture.title, "svg"));
  const asDots = () => asPng(picture.svg).then((blob) => save(blob, fileOf(picture.title, "png"))).catch(() => setText(why, say("picture.failed")));
  const details = make("details", { class: "mg-details" }, make("summary", { tabindex: "0", text: say("picture.table", { count: picture.rows.length }) }));
  // Hundreds of rows are made when somebody wants them.
  const fill = () => details.open && details.childElementCount < 2 && details.append(make("div", { class: "mg-wide", role: "region", tabindex: "0", "aria-label": say("picture.table_of", { title: picture.title }) }, tableOf(picture)));
  details.addEventListener("toggle", fill);
  details.open = open;
  fill();
  const tools = make("div", { class: "ms-buttons" }, make("button", { class: "ms-button", "data-save": "svg", onclick: asSvg }, "SVG"), make("button", { class: "ms-button", "data-save": "png", onclick: asDots }, "PNG"), why);
  return make("figure", { class: "mg-figure" }, make("div", { class: "mg-figure-head" }, make("figcaption", {}, make("h3", { text: picture.title }), picture.note ? make("p", { class: "ms-about", text: picture.note }) : null), tools), make("div", { class: "mg-svg" }, drawn(picture.svg)), details);
}
