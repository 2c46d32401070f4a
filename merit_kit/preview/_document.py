"""Documents: the text of a DOCX with its headings, lists, tables and pictures, and nothing else."""

from __future__ import annotations

import base64
import io
from typing import Any

import mammoth

from merit_kit.i18n import Words
from merit_kit.preview._clean import cleaned
from merit_kit.preview._signs import shown_as_it_is

MOST_OF_PICTURE = 4_000_000
MOST_OF_PICTURES = 12_000_000
MOST_CHARACTERS = 400_000


def read(content: bytes, words: Words) -> tuple[str, str]:
    """Return what has to be said of a document, and its HTML, which holds only what we allow."""
    pictures = _Pictures()
    made = mammoth.convert_to_html(
        io.BytesIO(content),
        convert_image=mammoth.images.img_element(pictures.take),
        # A file does not say how it is to be read.
        include_embedded_style_map=False,
        external_file_access=False,
    )
    html, whole = cleaned(made.value, MOST_CHARACTERS, words("preview.no_picture"))
    said = [words("preview.simplified_document")]
    if not whole:
        said.append(words("preview.beginning"))
    return " ".join(said), html


class _Pictures:
    """The pictures of one document, as long as they are small enough together."""

    def __init__(self) -> None:
        self._left = MOST_OF_PICTURES

    def take(self, image: Any) -> dict[str, str]:
        """Return where a picture is: in the page itself, or nowhere."""
        try:
            with image.open() as file:
                content = file.read(MOST_OF_PICTURE + 1)
            kind = shown_as_it_is(content)
        except Exception:  # it is missing, cut off, or somewhere outside: the text is there still
            return {"src": ""}
        too_large = len(content) > min(MOST_OF_PICTURE, self._left)
        if too_large or kind not in ("image/png", "image/jpeg"):
            return {"src": ""}
        self._left -= len(content)
        return {"src": f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"}
