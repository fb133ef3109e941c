"""Text of attached files (pdf, docx, doc, xlsx, xls, wps, ofd, zip of these), read in a resource-limited child process.

`text_of` and `Reader` are all that the crawler needs. Whatever a file does to its parser (crash, endless loop, memory)
ends as `FileText.flag`, never as an exception here. `crawlers.files.worker` is the child's program.
"""

from __future__ import annotations

from crawlers.files.answer import DEFAULT, FileText, Limits
from crawlers.files.reader import Reader, text_of

__all__ = ["DEFAULT", "FileText", "Limits", "Reader", "text_of"]
