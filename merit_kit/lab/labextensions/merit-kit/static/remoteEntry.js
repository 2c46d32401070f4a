// What a bundler would write: JupyterLab hands its own libraries to `init` and asks `get` for the
// extension. Written by hand, so that the kit needs no Node.js to be built.
(() => {
  const base = new URL(".", document.currentScript.src);
  let shared;

  const library = async (name) => {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["merit-kit"] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const { plugins } = await import(new URL("plugins.js", base));
      const made = await plugins(library, base);
      return () => made;
    },
  };
})();
