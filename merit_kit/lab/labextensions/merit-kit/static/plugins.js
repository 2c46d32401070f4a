// The two plugins: one keeps each marked notebook running, one keeps quiet about a lost server.

import { Keeper } from "./keeper.js";
import { cellsOfTheKit, isTheKits } from "./kit.js";
import { tellSaved, tellStranger } from "./notice.js";

// What would cover the sheet while its own banner already says that nothing is saved just now.
const COVERS = [
  "Error Starting Kernel",
  "File Changed",
  "File Save Error for %1",
  "Kernel Restarting",
];

const isMarked = (panel) => Boolean(panel?.model?.getMetadata?.("merit")?.panel);

const codeOf = (panel) =>
  [...panel.model.cells]
    .filter((cell) => cell.type === "code")
    .map((cell) => cell.sharedModel.getSource());

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

async function textsOf(dialog) {
  for (let frame = 0; frame < 60 && !dialog.isDisposed; frame += 1) {
    const [title, body] = ["header", "body"].map(
      (part) => dialog.node.querySelector(`.jp-Dialog-${part}`)?.textContent,
    );
    if (title && body) {
      return [title, body];
    }
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  return [dialog.node.querySelector(".jp-Dialog-header")?.textContent ?? "", ""];
}

// A browser that fills in a form says that a key was pressed, and not which.
const isSave = ({ key, ctrlKey, metaKey, shiftKey, altKey }) =>
  key?.toLowerCase() === "s" && (ctrlKey || metaKey) && !shiftKey && !altKey;

// JupyterLab names the file by its path or by its last part alone; one name may end in another.
function isAbout(path, said, open) {
  const named = (each) =>
    [each, each.split("/").pop()].find((name) => said.includes(name))?.length ?? 0;
  return open.every((other) => other === path || named(other) < (named(path) || 1));
}

export async function plugins(library, base) {
  const [application, apputils, notebook, services, translation] = await Promise.all(
    ["application", "apputils", "notebook", "services", "translation"].map((name) =>
      library(`@jupyterlab/${name}`),
    ),
  );
  const keepers = new Map();
  const kit = cellsOfTheKit(base);
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
        const panel = app.shell.currentWidget;
        if (!keepers.has(panel)) {
          return;
        }
        // Its text is drawn some time after it is attached. Hidden meanwhile, it takes no focus.
        dialog.addClass("merit-unread");
        await dialog.ready;
        const [title, body] = await textsOf(dialog);
        const open = [...app.shell.widgets("main")].map((each) => each.context?.path ?? "");
        if (
          covers.some((start) => title.startsWith(start)) &&
          isAbout(panel.context.path, `${title} ${body}`, open.filter(Boolean))
        ) {
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
          } else if (isSave(event)) {
            // JupyterLab has nothing to save where only outputs are new, and the browser would
            // save the page of JupyterLab itself.
            event.preventDefault();
            event.stopPropagation();
            const focused = [...keepers.keys()].find((panel) => panel.node.contains(target));
            if (!event.repeat) save(focused ?? inFront());
          } else if (!menu && !target.hasAttribute(SUPPRESS)) {
            target.setAttribute(SUPPRESS, "true");
            setTimeout(() => target.removeAttribute(SUPPRESS));
          }
        },
        true,
      );

      const save = async (panel) => {
        if (!panel) return;
        const isSaved = await panel.context.save().then(
          () => true,
          () => false,
        );
        tellSaved(panel, isSaved);
      };

      const letGo = (panel) => {
        keepers.get(panel)?.stop();
        keepers.delete(panel);
        look();
      };
      const mind = async (panel) => {
        await panel.context.ready;
        const cells = await kit;
        if (panel.isDisposed || !isMarked(panel)) {
          return;
        }
        if (!isTheKits(codeOf(panel), cells)) {
          tellStranger(panel);
          return;
        }
        panel.addClass("merit-panel");
        const run = async () => {
          if (isTheKits(codeOf(panel), cells)) {
            await notebook.NotebookActions.runAll(panel.content, panel.sessionContext);
          } else {
            panel.removeClass("merit-panel");
            panel.toolbar.show();
            letGo(panel);
          }
        };
        keepers.set(panel, new Keeper(panel, { services, manager: app.serviceManager, run }));
        panel.disposed.connect(letGo);
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
