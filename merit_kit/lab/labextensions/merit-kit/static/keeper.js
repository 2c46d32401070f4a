// Keeps one notebook running: whatever happens to kernel, server or page, its cells are run again.

import { Notice } from "./notice.js";

const WIDGET = "application/vnd.jupyter.widget-view+json";
const READY = '[data-merit][data-ready="1"]';

const GLANCE = 500; // between looks at what this page knows by itself
const AGAIN = 1000; // before asking once more what did not answer
const ANSWER = 10_000; // for a kernel to answer: it may be running a cell
const ALIVE = 3000; // the same, when somebody is waiting at the button
const DOUBTED = 12_000; // the same, at most, over a line that may lead nowhere
const DRAWN = 8000; // for a sheet of a living kernel to be drawn after a reload
const GONE = 4; // glances at an idle kernel without the sheet that was there
const CONNECTING = 5; // glances at what JupyterLab is doing by itself
const STARTING = 60;
const LONGEST = 60_000; // between runs that kill the kernel each time

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

const within = (time, promise) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), time);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });

export class Keeper {
  constructor(panel, { services, manager, run }) {
    this.panel = panel;
    this.context = panel.sessionContext;
    this.services = services;
    this.manager = manager;
    this.runCells = run;
    // The kernel process whose cells are run, by the name it gives itself: a restarted kernel
    // keeps its id and loses everything, and the restart may pass while the line is cut.
    this.served = null;
    this.last = null; // the process in which a run came to its end
    this.kernelId = null;
    this.fresh = true; // since the page was loaded
    this.stopped = false;
    this.glances = 0;
    this.missed = null; // glances without the sheet; null until it was drawn after a run
    this.spacing = 0; // between runs, when one follows the other closely
    this.lastRun = 0;
    this.doubt = ALIVE; // for a kernel of which nothing is known to answer
    this.saved = this.sources();

    this.context.statusChanged.connect((_, status) => {
      if (["restarting", "autorestarting", "dead", "terminating"].includes(status)) {
        this.doubt = ALIVE; // that was the kernel before
        this.lose();
      }
    });
    this.context.kernelChanged.connect((_, { newValue }) => {
      if (newValue?.id !== this.kernelId) {
        this.lose();
      }
    });
    this.context.connectionStatusChanged.connect((_, status) => {
      if (status !== "connected") {
        this.lose();
      }
    });
    panel.context.saveState.connect((_, state) => {
      if (state === "completed") {
        this.saved = this.sources();
      }
    });
    panel.model.stateChanged.connect(() => this.spare());
    this.notice = new Notice(
      panel,
      () => this.served === null,
      () => this.recover(),
    );
    this.spare();
    this.keep();
  }

  stop() {
    this.stopped = true;
    this.notice.stop();
    this.lose();
  }

  /** The button: restart a kernel that does not answer, and run the cells in any case. */
  async recover() {
    const kernel = this.context.session?.kernel;
    if (kernel) {
      try {
        await within(ALIVE, kernel.requestKernelInfo());
      } catch {
        // A server that is away is waited for in `keep`.
        await within(ANSWER, this.context.restartKernel()).catch(() => undefined);
      }
    }
    this.fresh = false;
    this.last = null;
    this.lastRun = 0;
    this.lose();
  }

  /** Outputs are made anew each time: they need no saving, and no question when one leaves. */
  spare() {
    const { model } = this.panel;
    if (model.dirty && this.sources() === this.saved) {
      model.dirty = false;
    }
  }

  sources() {
    return JSON.stringify([...this.panel.model.cells].map((cell) => cell.sharedModel.getSource()));
  }

  /** From now on it is not known whether the kernel still has what was run. */
  lose() {
    this.served = null;
    this.given?.();
  }

  async keep() {
    while (!this.stopped && !this.panel.isDisposed) {
      try {
        if (this.served === null) {
          await this.attend();
        } else if (!this.looksWell()) {
          this.lose();
          continue;
        } else if (this.isGone()) {
          this.last = null;
          this.lose();
          continue;
        }
      } catch (error) {
        console.debug("merit-kit:", error);
        await pause(AGAIN);
      }
      await pause(GLANCE);
    }
  }

  looksWell() {
    const kernel = this.context.session?.kernel;
    return Boolean(kernel) && kernel.connectionStatus === "connected" && kernel.status !== "dead";
  }

  /** Was the sheet drawn, and is it no more? The kernel may have closed it, or somebody here. */
  isGone() {
    if (this.panel.node.querySelector(READY)) {
      this.missed = 0;
    } else if (this.missed !== null && this.context.session?.kernel?.status === "idle") {
      this.missed += 1;
    }
    return this.missed >= GONE;
  }

  async attend() {
    const kernel = this.context.session?.kernel;
    const isUnderWay = kernel ? kernel.connectionStatus === "connecting" : !this.context.isReady;
    if (isUnderWay && this.glances < (kernel ? CONNECTING : STARTING)) {
      this.glances += 1; // JupyterLab is at it
      return;
    }
    if (!kernel || !this.looksWell()) {
      await this.connect(kernel);
      return;
    }
    const isKnown = ["idle", "busy"].includes(kernel.status);
    if (!isKnown && this.glances < CONNECTING) {
      this.glances += 1;
      return;
    }
    this.glances = 0;
    const asked = within(isKnown ? ANSWER : this.doubt, kernel.requestKernelInfo());
    const reply = await asked.catch(async (error) => {
      // A line laid while the server restarts a kernel may lead nowhere, and JupyterLab, which
      // asks but once, waits there for ever. Each new one has longer: the machine may be slow. One
      // that says it is idle and does not answer is heard over such a line in one direction alone.
      if (kernel.status !== "busy") {
        this.doubt = Math.min(this.doubt * 2, DOUBTED);
        await within(ANSWER, kernel.reconnect());
      }
      throw error;
    });
    this.doubt = ALIVE;
    const living = reply.header.session;
    const isServed = living === this.last || (this.fresh && (await this.isDrawn(kernel)));
    this.fresh = false;
    this.kernelId = kernel.id;
    this.served = living;
    this.last = living;
    if (!isServed) {
      this.last = null;
      await this.run(living);
    }
    this.focus();
  }

  async run(living) {
    const isClose = Date.now() - this.lastRun < LONGEST;
    this.spacing = isClose ? Math.min(LONGEST, this.spacing * 2 || GLANCE) : 0;
    await pause(Math.max(0, this.lastRun + this.spacing - Date.now()));
    this.lastRun = Date.now();
    this.missed = null;
    // JupyterLab's promise may stay open for ever when the kernel goes.
    const lost = new Promise((resolve) => {
      this.given = () => resolve("lost");
    });
    if (this.served === living && (await Promise.race([this.runCells(), lost])) !== "lost") {
      this.last = living;
    }
  }

  /** Keys act in the sheet from the start, unless somebody has put the focus elsewhere. */
  async focus() {
    const sheet = await this.drawn();
    const { activeElement } = document;
    const isElsewhere = activeElement !== document.body && !this.panel.node.contains(activeElement);
    if (sheet && !isElsewhere && !sheet.contains(activeElement)) {
      sheet.focus({ preventScroll: true });
    }
  }

  /** Return the sheet once it is drawn, or null. */
  async drawn() {
    for (let waited = 0; waited < DRAWN && !this.panel.isDisposed; waited += 50) {
      const sheet = this.panel.node.querySelector(READY);
      if (sheet) {
        this.missed = 0;
        return sheet;
      }
      await pause(50);
    }
    return null;
  }

  /** After a reload: does this kernel hold the widgets of the saved outputs, and are they drawn? */
  async isDrawn(kernel) {
    const shown = this.widgets();
    if (!shown.length) {
      return false;
    }
    const asked = kernel.requestCommInfo({ target_name: "jupyter.widget" });
    const { comms } = (await within(ANSWER, asked)).content;
    return shown.every((id) => id in comms) && (await this.drawn()) !== null;
  }

  widgets() {
    const found = [];
    for (const cell of this.panel.model.cells) {
      for (let i = 0; i < (cell.outputs?.length ?? 0); i += 1) {
        const view = cell.outputs.get(i).data[WIDGET];
        if (view) {
          found.push(view.model_id);
        }
      }
    }
    return found;
  }

  /** Ask the server what became of the kernel; connect to it again, or start another. */
  async connect(kernel) {
    const { ServerConnection } = this.services;
    const settings = this.manager.serverSettings;
    const there = async (path) => {
      const asked = ServerConnection.makeRequest(`${settings.baseUrl}api/${path}`, {}, settings);
      return (await within(ANSWER, asked)).status;
    };
    const status = kernel
      ? await there(`kernels/${encodeURIComponent(kernel.id)}`)
      : await there("status");
    if (kernel && status === 200 && kernel.status !== "dead") {
      await within(ANSWER, kernel.reconnect());
      this.glances = 0;
      return;
    }
    if (status !== 200 && status !== 404) {
      throw new Error(`the server says ${status}`);
    }
    // Makes JupyterLab forget a session that the server does not know any more.
    await this.manager.sessions.refreshRunning();
    // Another browser on this notebook may have been quicker.
    const other = [...this.manager.sessions.running()].find(
      (session) => session.path === this.context.path && session.kernel,
    );
    const name = this.panel.model.getMetadata("kernelspec")?.name ?? "python3";
    const wish = other ? { id: other.kernel.id } : { name };
    await within(LONGEST, this.context.changeKernel(wish));
  }
}
