import { derivedHex, randomHex } from "./ids.js";
import { waitFor } from "./protocol.js";

/**
 * One file on its way to the kernel, in parts, until the kernel says that it has it. What is here
 * and what is not, the kernel says with every answer; the line may lose anything.
 * The kernel's side is merit_kit/panels/_uploads.py; change both together.
 *
 * @typedef {"hashing"|"sending"|"keeping"|"done"|"same"|"failed"|"refused"|"stopped"} TransferState
 * @typedef {{assessment: string, room: ?string, sub_aspect: string, file: ?string, base: ?string[]}} Place
 *   `file`, `base`: what it is a new revision of, and which statements stand for that.
 */

const PART = 1024 * 1024;

/** Parts that are out at once: more would only wait in the line, behind a click. */
const WINDOW = 2;

/** No more is read at once to be hashed; the kernel refuses larger files without it. */
const MOST_HASHED = 25 * PART;

/**
 * @param {{file: File, place: Place, send: (message: Object, buffers?: ArrayBuffer[]) => void,
 *   told: (now: {state: TransferState, sent: number, why: string}) => void}} given `sent`: bytes
 *   that the kernel has
 */
export function createTransfer({ file, place, send, told }) {
  const parts = Math.ceil(file.size / PART);
  const key = [place.assessment, place.sub_aspect, place.file ?? "", file.name, file.size, file.lastModified];
  const facts = { ...place, upload: derivedHex(key.join("/")), id: randomHex(), name: file.name, size: file.size, sha256: null };
  let state = "hashing";
  let have = new Set();
  let out = new Set();
  let times = 0;
  let timer = null;

  const lengthOf = (part) => Math.min(PART, file.size - part * PART);
  const isOver = () => ["done", "same", "failed", "refused", "stopped"].includes(state);

  function turn(next, why = "") {
    state = next;
    if (isOver()) clearTimeout(timer);
    told({ state, sent: [...have].reduce((sum, part) => sum + lengthOf(part), 0), why });
  }

  function listen() {
    clearTimeout(timer);
    timer = setTimeout(ask, waitFor(times));
    times += 1;
  }

  /** Ask what is there: at the beginning, and where an answer does not come. */
  function ask() {
    out = new Set();
    listen();
    send({ do: "upload-begin", ...facts });
  }

  async function put(part) {
    out.add(part);
    try {
      const bytes = await file.slice(part * PART, part * PART + lengthOf(part)).arrayBuffer();
      if (!isOver()) send({ do: "upload", part, ...facts }, [bytes]);
    } catch {
      // Moved or changed since it was chosen.
      turn("failed", "unreadable");
    }
  }

  function fill() {
    for (let part = 0; part < parts && out.size < WINDOW; part += 1) {
      if (!have.has(part) && !out.has(part)) put(part);
    }
  }

  async function hash() {
    if (!globalThis.crypto?.subtle || file.size > MOST_HASHED) return null;
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  return {
    upload: facts.upload,
    isOver,
    async start() {
      [have, out, times] = [new Set(), new Set(), 0];
      turn("hashing");
      try {
        facts.sha256 ??= await hash();
      } catch {
        return turn("failed", "unreadable");
      }
      if (isOver()) return;
      turn("sending");
      ask();
    },
    /** @param {{state: string, have: number[], part: ?number, why: string}} message */
    heard(message) {
      if (isOver()) return;
      times = 0;
      have = new Set(message.have);
      out.delete(message.part);
      if (message.state !== "open") return turn(message.state === "again" ? "failed" : message.state, message.why);
      listen();
      fill();
      turn(have.size + out.size === parts ? "keeping" : "sending");
    },
    /** The line is back: what was on its way may be lost. */
    resume: () => !isOver() && state !== "hashing" && ask(),
    cancel() {
      if (isOver()) return;
      turn("stopped");
      send({ do: "upload-stop", ...facts });
    },
    /** Say and send nothing more: the panel is taken away. */
    stop() {
      clearTimeout(timer);
      if (!isOver()) state = "stopped";
    },
  };
}
