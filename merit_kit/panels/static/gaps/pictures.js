import { make, setText } from "../sheet/dom.js";

const SCALE = 2; // of a PNG: sharp in print
const [LINE, SIGN, EDGE] = [17, 6.3, 10]; // heights, and how wide a sign is on average

/** A picture as an element. It comes from the kernel, escaped there, and holds no script here. */
function drawn(svg) {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") return document.createElement("span");
  for (const each of [...parsed.querySelectorAll("script, foreignObject, a, image, use")]) each.remove();
  return document.importNode(parsed, true);
}

/** Break a text into lines of so many signs. */
function lines(text, most) {
  const found = [""];
  for (const word of text.split(" ")) {
    if (found.at(-1) && found.at(-1).length + word.length >= most) found.push(word);
    else found[found.length - 1] = `${found.at(-1)} ${word}`.trim();
  }
  return found;
}

/**
 * A picture as a file of its own: with its title above, and below what the page says around it.
 * @param {string} svg @param {string} title @param {string[]} below @returns {string}
 */
export function asFile(svg, title, below) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const [, , width, height] = root.getAttribute("viewBox").split(" ").map(Number);
  const most = Math.floor((width - 2 * EDGE) / SIGN);
  const [over, under] = [lines(title, most * 0.9), below.flatMap((text) => lines(text, most))];
  const top = over.length * LINE + EDGE;
  const whole = top + height + under.length * LINE + EDGE;
  const put = (name, attributes, text = "") => {
    const made = document.createElementNS(root.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  const moved = put("g", { transform: `translate(0 ${top})` });
  moved.append(...root.childNodes);
  root.append(put("rect", { class: "ground", width, height: whole }), moved);
  root.append(...over.map((text, at) => put("text", { x: EDGE, y: (at + 1) * LINE, style: "font-weight:700" }, text)));
  root.append(...under.map((text, at) => put("text", { x: EDGE, y: top + height + (at + 1) * LINE }, text)));
  root.setAttribute("viewBox", `0 0 ${width} ${whole}`);
  root.setAttribute("width", width);
  root.setAttribute("height", whole);
  return new XMLSerializer().serializeToString(root);
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
  const rows = picture.rows.map((row) => make("tr", {}, ...row.map((text, at) => make(at ? "td" : "th", { scope: at ? null : "row", class: text.length > 60 ? "mg-long" : null, text }))));
  return make("table", { class: "mg-plain" }, make("caption", { class: "ms-unseen", text: picture.title }), make("thead", {}, head), make("tbody", {}, ...rows));
}

/**
 * A picture with its table and what takes both along.
 * @param {Picture} picture @param {Words} words @param {string[]} marks what a file of it says, too
 * @param {boolean} open whether the table is unfolded
 */
export function pictureOf(picture, words, marks, open = false) {
  const { say } = words;
  const why = make("span", { class: "ms-about", role: "status" });
  const file = () => asFile(picture.svg, picture.title, [...marks, picture.state].filter(Boolean));
  const asSvg = () => save(new Blob([file()], { type: "image/svg+xml" }), fileOf(picture.title, "svg"));
  const asDots = () => asPng(file()).then((blob) => save(blob, fileOf(picture.title, "png"))).catch(() => setText(why, say("picture.failed")));
  const details = make("details", { class: "mg-details" }, make("summary", { tabindex: "0", text: say("picture.table", { count: picture.rows.length }) }));
  // Hundreds of rows are made when somebody wants them.
  const fill = () => details.open && details.childElementCount < 2 && details.append(make("div", { class: "mg-wide", role: "region", tabindex: "0", "aria-label": say("picture.table_of", { title: picture.title }) }, tableOf(picture)));
  details.addEventListener("toggle", fill);
  details.open = open;
  fill();
  const tools = make("div", { class: "ms-buttons" }, make("button", { class: "ms-button", "data-save": "svg", onclick: asSvg }, "SVG"), make("button", { class: "ms-button", "data-save": "png", onclick: asDots }, "PNG"), why);
  return make("figure", { class: "mg-figure" }, make("div", { class: "mg-figure-head" }, make("figcaption", {}, make("h3", { text: picture.title }), picture.note ? make("p", { class: "ms-about", text: picture.note }) : null, picture.state ? make("p", { class: "mg-open", text: picture.state }) : null), tools), make("div", { class: "mg-svg" }, drawn(picture.svg)), details);
}
