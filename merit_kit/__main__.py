"""``python -m merit_kit`` is ``merit``."""

from merit_kit.cli import main

main()
