"""Evidence made safe to look at: bytes in, something a browser may show out.

Pictures are handed on as they are, under a media type that their contents prove, and so are PDF but
for what they would do by themselves. Workbooks, documents and texts become a page of our own: no
script, no link, nothing from outside. Both is done in a process apart, because whoever made the
file may have meant to break its reader. Of whatever else it is, a sentence says what was found and
the way out. Nothing is executed, and no name is believed.
"""

from __future__ import annotations

from merit_kit.preview._preview import Preview, of, unfit, warm
from merit_kit.preview._process import TIME_LIMIT
from merit_kit.preview._signs import MOST_BYTES

__all__ = ["MOST_BYTES", "TIME_LIMIT", "Preview", "of", "unfit", "warm"]
