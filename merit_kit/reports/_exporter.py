"""From an executed notebook to one page: no script, no outside address, nothing but its outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from merit_kit import i18n
from merit_kit.files import kit_folder
from merit_kit.reports._frame import css_text
from merit_kit.reports._page import FACTS_MIME


class MeritExporter(TemplateExporter):
    """Export a notebook's outputs and prose as one self-contained, printable page.

    Also reached as ``jupyter nbconvert --to merit``. A report notebook says what its page is by
    an output of type ``application/vnd.merit.page+json``; without one, the title is the
    notebook's name and the language Indonesian.
    """

    export_from_notebook = "Merit report (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "merit"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(kit_folder("templates") / "nbconvert")]

    @property
    def default_config(self) -> Config:
        """Prefer HTML made by the kit, and leave out what a page cannot show."""
        order = [
            "text/html",
            "image/svg+xml",
            "image/png",
            "image/jpeg",
            "text/markdown",
            "text/plain",
        ]
        # Checked once, at the end: a step of nbconvert that breaks a notebook is found then, too.
        config = Config(
            {
                "NbConvertBase": {"display_data_priority": order},
                "Exporter": {"optimistic_validation": True},
            }
        )
        inherited = super().default_config
        if inherited:
            inherited.merge(config)
            return inherited
        return config

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add what the frame of the page needs to nbconvert's own filters."""
        yield from super().default_filters()
        yield "css_text", css_text

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Export a notebook that is in memory."""
        resources = self._init_resources(resources)
        resources["merit"] = _facts(nb, str(resources["metadata"].get("name", "")))
        resources["merit_css"] = _stylesheet()
        page, resources = super().from_notebook_node(nb, resources, **kwargs)
        return re.sub(r"\n\s*\n+", "\n", page).strip() + "\n", resources


def _facts(nb: NotebookNode, name: str) -> dict[str, str]:
    facts = {"lang": "id", "title": name, "footer": "", "simulation": "", "status": ""}
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            facts.update(output.get("data", {}).get(FACTS_MIME, {}))
    if facts["lang"] not in i18n.LANGUAGES:
        facts["lang"] = "id"
    return {**facts, "page": i18n.say("report.page", facts["lang"])}


def _stylesheet() -> str:
    path: Path = kit_folder("templates") / "nbconvert" / "merit" / "merit.css"
    return path.read_text(encoding="utf-8")
