// Said while nothing of the kit can be shown: its own words come with the kernel's first answer.

const READY = '[data-merit]';
const PATIENCE = 6000; // for a kernel to start, before one is told that it does not answer
const GLANCE = 500;

// In both languages, as in the notebook: which one is wanted only the kernel knows.
const SAID = {
  id: ["Program penilaian belum menjawab. Yang belum tersimpan aman di peramban ini.", "Pulihkan"],
  en: ["The kernel has not answered yet. What is not saved is safe in this browser.", "Recover"],
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
    const sentences = Object.entries(SAID).map(([lang, [sentence]]) => {
      const said = document.createElement("p");
      said.lang = lang;
      said.textContent = sentence;
      return said;
    });
    this.button.textContent = Object.values(SAID)
      .map(([, button]) => button)
      .join(" / ");
    this.node.append(...sentences, this.button);
  }
}
