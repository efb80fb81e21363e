"""The bytes of a workbook (工作簿字节): the same content gives the same bytes, whenever it is written."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: The times that a workbook says of itself, in the part that holds them.
_CORE, _TIMES = "docProps/core.xml", re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")

#: The first day that an archive can name; nobody takes it for a real one.
_DAY = (1980, 1, 1, 0, 0, 0)


def bytes_of(book: Any) -> bytes:
    """Return a workbook of openpyxl as bytes, without the time at which it was written."""
    written, timeless = BytesIO(), BytesIO()
    book.save(written)
    with ZipFile(written) as given, ZipFile(timeless, "w", ZIP_DEFLATED) as taken:
        for part in given.infolist():
            content = given.read(part)
            if part.filename == _CORE:
                content = _TIMES.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            taken.writestr(ZipInfo(part.filename, _DAY), content, ZIP_DEFLATED)
    return timeless.getvalue()
