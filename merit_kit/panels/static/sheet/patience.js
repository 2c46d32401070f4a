import { TELL_AFTER } from "./protocol.js";

/**
 * How long the kernel has owed an answer: what is asked in between makes it no shorter.
 *
 * @param {() => void} told called when it is late
 */
export function createPatience(told) {
  let since = null;
  let timer = null;
  return {
    listen() {
      if (since !== null) return;
      since = Date.now();
      timer = setTimeout(told, TELL_AFTER);
    },
    heard() {
      clearTimeout(timer);
      since = null;
    },
    isLate: () => since !== null && Math.abs(Date.now() - since) >= TELL_AFTER - 50,
  };
}
