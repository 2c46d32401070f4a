// Said while nothing of the kit can be shown: its own words come with the kernel's first answer.

const READY = '[data-merit]';
const PATIENCE = 6000; // for a kernel to start, before one is told that it does not answer
const GLANCE = 500;

// In both languages, as in the notebook: which one is wanted only the kernel knows.
const SAID = {
  id: "Program penilaian belum menjawab. Yang belum tersimpan aman di peramban ini.",
  en: "The kernel has not answered yet. What is not saved is safe in this browser.",
};
const RECOVER = "Pulihkan / Recover";

const STRANGER = {
  id: "Isi buku kerja ini tidak sama dengan yang ada pada merit-kit versi ini: selnya diubah, atau berasal dari versi lain. Karena itu tidak dijalankan sendiri. Bila Anda memercayainya, pilih Run > Run All Cells. Untuk mendapat yang baru: tutup merit lab, ganti nama berkas ini, lalu jalankan merit lab lagi.",
  en: "This notebook is not the one of this version of merit-kit: its cells were changed, or it is of another version. So it was not run by itself. If you trust it, choose Run > Run All Cells. To get the new one: close merit lab, rename this file, and start merit lab again.",
};
const SAVED = {
  id: "Buku kerja disimpan, dengan apa yang ditampilkannya sewaktu dijalankan, tanpa saringan yang dipilih sesudahnya. Penilaian tersimpan otomatis.",
  en: "Notebook saved, with what it showed when it was run, without filters chosen since. Scores are saved by themselves.",
};
const UNSAVED = {
  id: "Buku kerja tidak dapat disimpan sekarang. Muat ulang halaman ini, lalu simpan lagi. Penilaian tersimpan otomatis, bukan di buku kerja ini.",
  en: "The notebook cannot be saved just now. Reload this page, then save again. Scores are saved by themselves, not in this notebook.",
};

/** Tell in a panel that its kernel does not answer, and offer to recover, as long as it is so. */
export class Notice {
  constructor(panel, isUnanswered, recover) {
    this.panel = panel;
    this.isUnanswered = isUnanswered;
    this.since = Date.now();
    this.node = document.createElement("div");
    this.node.className = "merit-notice";
    this.node.setAttribute("role", "alert");
    this.button = document.createElement("button");
    this.button.className = "jp-Button jp-mod-styled jp-mod-accept";
    this.button.addEventListener("click", () => {
      this.since = Date.now(); // what was asked for takes its time
      this.look();
      recover();
    });
    this.timer = setInterval(() => this.look(), GLANCE);
  }

  stop() {
    clearInterval(this.timer);
    this.node.remove();
  }

  look() {
    if (!this.isUnanswered() || this.panel.node.querySelector(READY)) {
      this.since = Date.now();
    }
    const isLate = Date.now() - this.since >= PATIENCE;
    if (isLate === this.node.isConnected) {
      return;
    }
    this.node.replaceChildren();
    if (isLate) {
      this.panel.node.append(this.node);
      this.say(); // once it is there: an alert is read for what comes into it
    } else {
      this.node.remove();
    }
  }

  say() {
    this.button.textContent = RECOVER;
    this.node.append(...inBoth(SAID), this.button);
  }
}

/** Say below a notebook that calls itself a panel why it was not opened as one. */
export function tellStranger(panel) {
  const told = document.createElement("aside");
  told.className = "merit-stranger";
  told.setAttribute("role", "status");
  panel.node.append(told);
  const close = document.createElement("button");
  close.className = "jp-Button jp-mod-styled";
  close.textContent = "OK";
  close.addEventListener("click", () => told.remove());
  told.append(...inBoth(STRANGER), close);
}

/** Say that a notebook was saved, or that it was not, for as long as one looks. */
export function tellSaved(panel, isSaved) {
  panel.node.querySelector(".merit-saved")?.remove();
  const told = document.createElement("div");
  told.className = "merit-saved";
  told.setAttribute("role", isSaved ? "status" : "alert");
  panel.node.append(told);
  told.append(...inBoth(isSaved ? SAVED : UNSAVED));
  setTimeout(() => told.remove(), isSaved ? 2500 : 8000);
}

function inBoth(said) {
  return Object.entries(said).map(([lang, sentence]) => {
    const line = document.createElement("p");
    line.lang = lang;
    line.textContent = sentence;
    return line;
  });
}
