"""JupyterLab on a work folder, ready for the room: one notebook, one port, no distraction."""

from __future__ import annotations

from merit_kit.lab._folder import SITTING, lay_out
from merit_kit.lab._port import pinned_port
from merit_kit.lab._server import Door, find_door, start, wants_browser

__all__ = ["SITTING", "Door", "find_door", "lay_out", "pinned_port", "start", "wants_browser"]
