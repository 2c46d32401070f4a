// What is run by itself: the kit's own code and nothing else, whatever a notebook says it is.

// `merit lab` serves them beside its extensions.
const PANELS = [
  "../../05-penilaian-mandiri.ipynb",
  "../../10-sesi-penilaian.ipynb",
  "../../15-latihan.ipynb",
  "../../20-ruang-diskusi.ipynb",
  "../../30-analisis-kesenjangan.ipynb",
];
const LONGEST = 60_000; // between two tries to fetch it

// All that IPython takes for the end of a line: behind one of them a comment would be a command.
const LINES = /[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
const HARMLESS =
  /^(?:(?:store|agency|round_)\s*=\s*(?:None|r?'(?:[^'\\]|\\.)*'|r?"(?:[^"\\]|\\.)*"))?\s*(?:#.*)?$/;

const text = (source) => (Array.isArray(source) ? source.join("") : source);

async function cellsOf(notebook, base) {
  const answer = await fetch(new URL(notebook, base));
  if (answer.status === 404) {
    return null; // another folder is served for the kit's: the other one may be there
  }
  const { cells } = await answer.json();
  return cells
    .filter((cell) => cell.cell_type === "code")
    .map(({ source, metadata }) => ({
      source: text(source),
      isChoice: metadata.tags?.includes("parameters") ?? false,
    }));
}

/** Return the code cells of each of the kit's panels, once the server gives them. */
export async function cellsOfTheKit(base) {
  for (let wait = 1000; ; wait = Math.min(LONGEST, wait * 2)) {
    try {
      const found = await Promise.all(PANELS.map((notebook) => cellsOf(notebook, base)));
      return found.filter(Boolean);
    } catch (error) {
      console.debug("merit-kit:", error);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Say whether these sources are one of the kit's panels: others than plain texts are chosen nowhere. */
export const isTheKits = (sources, panels) =>
  panels.some(
    (cells) =>
      sources.length === cells.length &&
      cells.every(({ source, isChoice }, i) =>
        isChoice
          ? sources[i].split(LINES).every((line) => HARMLESS.test(line))
          : sources[i] === source,
      ),
  );
