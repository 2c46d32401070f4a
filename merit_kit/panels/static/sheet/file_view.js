import { make } from "./dom.js";

/**
 * One file as it is looked at: a PDF in the browser's own viewer, a picture, or a page of the
 * kernel's making. A frame of a `blob:` address has the rights of this page, so it gets nothing but
 * a PDF; every page goes into a sandbox, where nothing runs and nothing can be reached.
 */

/** What may be shown of each kind, whatever the kernel says. */
const TYPES = { pdf: ["application/pdf"], image: ["image/png", "image/jpeg"], page: ["text/html"], text: ["text/html"] };
const ZOOMS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

/** The bytes of a buffer as they crossed. @param {DataView|ArrayBuffer} buffer */
export function bytesOf(buffer) {
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Whether a preview can be shown here. */
export const isShowable = ({ kind, type }) => (TYPES[kind] ?? []).includes(type);

/**
 * @param {{kind: string, type: string, name: string, bytes: Uint8Array}} given
 * @returns {{element: HTMLElement, zoom: ?((steps: number) => string), stop: () => void}} `zoom`
 *   goes so many steps nearer (0: the whole picture) and returns how near that is
 */
export function createFileView({ kind, type, name, bytes }) {
  if (kind === "image") return pictureView(type, name, bytes);
  if (kind === "pdf") {
    const address = URL.createObjectURL(new Blob([bytes], { type }));
    // The list of pages would take half of the pane; its reader can open it.
    const frame = make("iframe", { class: "ms-file-frame", title: name, src: `${address}#navpanes=0&view=FitH` });
    return { element: frame, zoom: null, stop: () => URL.revokeObjectURL(address) };
  }
  const frame = make("iframe", { class: "ms-file-frame", title: name, sandbox: "" });
  frame.srcdoc = new TextDecoder().decode(bytes);
  return { element: frame, zoom: null, stop() {} };
}

function pictureView(type, name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const picture = make("img", { class: "ms-file-picture", alt: name, src: address, draggable: "false" });
  const element = make("div", { class: "ms-file-scroll", tabindex: "0", role: "group", "aria-label": name, "data-fits": "true" }, picture);
  let at = null;

  function zoom(steps) {
    if (steps === 0) at = null;
    else {
      const now = at ?? (picture.naturalWidth ? picture.clientWidth / picture.naturalWidth : 1);
      const further = steps > 0 ? ZOOMS.find((each) => each > now + 0.01) : ZOOMS.findLast((each) => each < now - 0.01);
      at = further ?? now;
    }
    element.dataset.fits = String(at === null);
    picture.style.width = at === null ? "" : `${Math.round(picture.naturalWidth * at)}px`;
    return at === null ? "" : `${Math.round(at * 100)}%`;
  }

  return { element, zoom, stop: () => URL.revokeObjectURL(address) };
}
