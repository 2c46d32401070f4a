"""HTML made by somebody else, built anew of what is allowed: the text, and a few plain tags."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

_PLAIN = {
    *("p", "br", "strong", "em", "u", "s", "sup", "sub", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"),
}
_ALONE = {"br", "img"}
# What is in these is no text.
_SILENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"}
_SPANS = ("colspan", "rowspan")
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+=*")


def cleaned(html: str, most: int, no_picture: str) -> tuple[str, bool]:
    """Return HTML that holds nothing but what is allowed, and whether it is all of it.

    Parameters
    ----------
    most : int
        How many characters of text are kept; whatever is open then is closed.
    no_picture : str
        What stands where a picture is not shown.
    """
    builder = _Builder(most, no_picture)
    builder.feed(html)
    builder.close()
    return builder.built(), not builder.full


class _Builder(HTMLParser):
    def __init__(self, most: int, no_picture: str) -> None:
        super().__init__(convert_charrefs=True)
        self._left, self._no_picture = most, no_picture
        self._out: list[str] = []
        self._open: list[str] = []
        self._silent = 0
        self.full = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if self.full or self._silent:
            return
        given = dict(attrs)
        if tag == "img":
            self._picture(given)
        elif tag in _PLAIN:
            name = _lower(tag)
            spans = "".join(_span(part, given.get(part)) for part in _SPANS)
            self._out.append(f"<{name}{spans}>")
            if tag not in _ALONE:
                self._open.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
            return
        name = _lower(tag)
        if self.full or self._silent or name not in self._open:
            return
        while True:
            last = self._open.pop()
            self._out.append(f"</{last}>")
            if last == name:
                return

    def handle_data(self, data: str) -> None:
        if self.full or self._silent:
            return
        self._out.append(escape(data[: self._left]))
        self._left -= len(data)
        self.full = self._left < 0

    def built(self) -> str:
        return "".join([*self._out, *(f"</{name}>" for name in reversed(self._open))])

    def _picture(self, given: dict[str, str | None]) -> None:
        source = given.get("src") or ""
        if _PICTURE.fullmatch(source):
            self._out.append(f'<img src="{source}" alt="{escape(given.get("alt") or "")}">')
        else:
            self._out.append(f'<span class="gone">{escape(self._no_picture)}</span>')


def _lower(tag: str) -> str:
    """Put the headings of a document below that of the page."""
    return f"h{min(int(tag[1]) + 1, 6)}" if re.fullmatch("h[1-6]", tag) else tag


def _span(part: str, value: str | None) -> str:
    return f' {part}="{value}"' if value and re.fullmatch(r"[1-9]\d{0,2}", value) else ""
