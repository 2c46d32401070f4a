// The two plugins: one keeps each marked notebook running, one keeps quiet about a lost server.

import { Keeper } from "./keeper.js";

// What would cover the sheet while its own banner already says that nothing is saved just now.
const COVERS = [
  "Error Starting Kernel",
  "File Changed",
  "File Save Error for %1",
  "Kernel Restarting",
];

const isMarked = (panel) => Boolean(panel?.model?.getMetadata?.("merit")?.panel);

// Menus and side bars: whatever JupyterLab puts around its main area and shows by itself.
function* surroundings(shell) {
  for (const widget of shell.layout?.widgets ?? []) {
    if (["jp-top-panel", "jp-menu-panel"].includes(widget.id)) {
      yield widget;
    } else if (widget.id === "jp-main-content-panel") {
      yield* widget.layout.widgets.filter((each) => each.hasClass("jp-SideBar"));
    }
  }
}

async function titleOf(dialog) {
  for (let frame = 0; frame < 60 && !dialog.isDisposed; frame += 1) {
    const title = dialog.node.querySelector(".jp-Dialog-header")?.textContent;
    if (title) {
      return title;
    }
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  return "";
}

export async function plugins(library, base) {
  const [application, apputils, notebook, services, translation] = await Promise.all(
    ["application", "apputils", "notebook", "services", "translation"].map((name) =>
      library(`@jupyterlab/${name}`),
    ),
  );
  const keepers = new Map();
  const inFront = () => [...keepers.keys()].find((panel) => panel.isVisible);

  const connectionLost = {
    id: "merit-kit:connection-lost",
    autoStart: true,
    provides: application.IConnectionLost,
    activate: () => async (manager, error, translator) =>
      inFront() ? undefined : application.ConnectionLost(manager, error, translator),
  };

  const keeper = {
    id: "merit-kit:keeper",
    autoStart: true,
    requires: [notebook.INotebookTracker],
    optional: [translation.ITranslator],
    activate: (app, tracker, translator) => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = new URL("merit.css", base);
      document.head.append(style);

      const words = (translator ?? translation.nullTranslator).load("jupyterlab");
      const covers = COVERS.map((title) => words.__(title, "\0").split("\0")[0]);
      apputils.Dialog.tracker.widgetAdded.connect(async (_, dialog) => {
        if (!inFront()) {
          return;
        }
        // Its title is drawn some time after it is attached. Hidden meanwhile, it takes no focus.
        dialog.addClass("merit-unread");
        await dialog.ready;
        const title = await titleOf(dialog);
        if (covers.some((start) => title.startsWith(start))) {
          dialog.reject();
        } else if (!dialog.isDisposed) {
          dialog.removeClass("merit-unread");
          dialog.node.querySelector("button.jp-mod-accept")?.focus();
        }
      });

      let menu = false; // asked for with F10
      const look = () => {
        const alone = Boolean(inFront()) && !menu;
        if (alone) {
          app.shell.collapseLeft?.();
          app.shell.collapseRight?.();
        }
        for (const widget of surroundings(app.shell)) {
          widget.setHidden(alone);
        }
        for (const panel of keepers.keys()) {
          panel.toolbar.setHidden(!menu);
        }
      };
      app.shell.currentChanged?.connect(look);
      const isOurs = (target) =>
        target === document.body
          ? Boolean(inFront())
          : [...keepers.keys()].some((panel) => panel.node.contains(target));
      // Before JupyterLab sees a key: its own would delete the cell (d d) or make it a heading (4),
      // and it looks for this attribute on the very element that has the focus.
      const SUPPRESS = "data-lm-suppress-shortcuts";
      window.addEventListener(
        "keydown",
        (event) => {
          const { target, key } = event;
          if (!(target instanceof Element && isOurs(target))) {
            return;
          }
          if (key === "F10" && !event.ctrlKey && !event.shiftKey && !event.altKey) {
            event.preventDefault();
            menu = !menu;
            look();
          } else if (!menu && !target.hasAttribute(SUPPRESS)) {
            target.setAttribute(SUPPRESS, "true");
            setTimeout(() => target.removeAttribute(SUPPRESS));
          }
        },
        true,
      );

      const mind = async (panel) => {
        await panel.context.ready;
        if (panel.isDisposed || !isMarked(panel)) {
          return;
        }
        panel.addClass("merit-panel");
        const made = new Keeper(panel, {
          services,
          manager: app.serviceManager,
          run: () => notebook.NotebookActions.runAll(panel.content, panel.sessionContext),
        });
        keepers.set(panel, made);
        panel.disposed.connect(() => {
          keepers.delete(panel);
          made.stop();
          look();
        });
        look();
        await app.restored; // which lays the window out anew
        look();
      };
      tracker.forEach(mind);
      tracker.widgetAdded.connect((_, panel) => mind(panel));

      window.addEventListener("merit-recover", (event) => {
        const asking = [...keepers].filter(
          ([panel]) => event.target instanceof Node && panel.node.contains(event.target),
        );
        const shown = [...keepers].filter(([panel]) => panel.isVisible);
        for (const [, made] of asking.length ? asking : shown) {
          event.preventDefault();
          made.recover();
        }
      });
    },
  };
  return [connectionLost, keeper];
}
