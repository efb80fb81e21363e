"""Files that are shipped with the library (随附数据): tables and texts beside its modules.

``pkgutil`` reads them where ``importlib.resources`` would load modules for temporary files and archives first.

>>> text_of("customs.codes", "data/ie_flags.csv").splitlines()[0]
'code,zh,en'
"""

from pkgutil import get_data


def text_of(package: str, file: str) -> str:
    """Return the text of a file of a package, which names it from its folder on. Raises ``OSError``."""
    content = get_data(package, file)
    assert content is not None, "every package of the library can be read"
    return content.decode("utf-8")
