"""How Sphinx builds the site: once for English, and once for Chinese with the tag ``zh`` (``make docs``)."""

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

DOCS = Path(__file__).parent.parent
sys.path.insert(0, str(DOCS))

if TYPE_CHECKING:
    tags: set[str]

CHINESE = "zh" in tags  # noqa: F821  a name that Sphinx gives
FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'

_project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "customs"
release = version = _project["version"]
language = "zh_CN" if CHINESE else "en"
html_title = "customs 文档" if CHINESE else "customs"

extensions = ["myst_parser", "sphinx.ext.autodoc", "website.extension"]
exclude_patterns = [] if CHINESE else ["zh/**", "website/**"]
smartquotes = False
suppress_warnings = ["myst.header"]

myst_heading_anchors = 4
myst_heading_slug_func = "website.anchors.slug"
myst_url_schemes = ["http", "https", "mailto", "site"]
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
add_module_names = False

templates_path = ["templates"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_additional_pages = {"search": "search.html"}
html_use_index = False
html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/english.html",
        "sidebar/scroll-end.html",
    ]
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
_fonts: dict[str, Any] = {
    "font-stack": f'-apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, {FONTS}',
    "font-stack--monospace": '"SF Mono", ui-monospace, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
}
html_theme_options = {
    "light_css_variables": {**_fonts, "color-brand-primary": "#24566b", "color-brand-content": "#1f6480"},
    "dark_css_variables": {"color-brand-primary": "#8cc6da", "color-brand-content": "#7cc0d8"},
    "top_of_page_buttons": [],
}
