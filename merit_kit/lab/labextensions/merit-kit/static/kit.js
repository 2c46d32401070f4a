// What is run by itself: the kit's own code and nothing else, whatever a notebook says it is.

const SITTING = "../../10-sesi-penilaian.ipynb"; // `merit lab` serves it beside its extensions
const LONGEST = 60_000; // between two tries to fetch it

// All that IPython takes for the end of a line: behind one of them a comment would be a command.
const LINES = /[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
const HARMLESS =
  /^(?:(?:store|agency|round_)\s*=\s*(?:None|r?'(?:[^'\\]|\\.)*'|r?"(?:[^"\\]|\\.)*"))?\s*(?:#.*)?$/;

const text = (source) => (Array.isArray(source) ? source.join("") : source);

/** Return the kit's code cells, once the server gives them. */
export async function cellsOfTheKit(base) {
  for (let wait = 1000; ; wait = Math.min(LONGEST, wait * 2)) {
    try {
      const { cells } = await (await fetch(new URL(SITTING, base))).json();
      return cells
        .filter((cell) => cell.cell_type === "code")
        .map(({ source, metadata }) => ({
          source: text(source),
          isChoice: metadata.tags?.includes("parameters") ?? false,
        }));
    } catch (error) {
      console.debug("merit-kit:", error);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Say whether these sources are the kit's: others than plain texts are chosen nowhere in them. */
export const isTheKits = (sources, cells) =>
  sources.length === cells.length &&
  cells.every(({ source, isChoice }, i) =>
    isChoice
      ? sources[i].split(LINES).every((line) => HARMLESS.test(line))
      : sources[i] === source,
  );
