"""The data of the search: what a finished page gives to it."""

import json
from pathlib import Path

from website.search_data import main

PAGE = """<!doctype html><html><body><article><section id="top"><h1>Receipts<a class="headerlink">¶</a></h1>
<p>One <code><span>prepare</span><span>_many</span></code> line.</p>
<section id="codes"><h2>Codes</h2><div class="table-wrapper"><table>
<tr><td><code>-621018</code></td><td>超过年度限值<br>next</td></tr></table></div></section>
<dl class="py function"><dt class="sig" id="customs.track">track()</dt><dd><p>Fold receipts.</p></dd></dl>
</section></article></body></html>"""


def test_a_page_is_known_by_its_sections_its_names_and_the_names_of_its_rows(tmp_path: Path) -> None:
    for folder in (tmp_path / "_static", tmp_path / "zh" / "_static"):
        folder.mkdir(parents=True)
    (tmp_path / "receipts.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "zh" / "receipts.html").write_text(PAGE, encoding="utf-8")
    main(tmp_path)
    for folder in (tmp_path, tmp_path / "zh"):
        script = (folder / "_static" / "search-data.js").read_text(encoding="utf-8")
        (page,) = json.loads(script.removeprefix("const pages = ").rstrip(";\n"))
        assert page["url"] == "receipts.html"
        assert page["title"] == "Receipts"
        assert page["also"].startswith("Receipts" if folder == tmp_path else "回执")
        assert page["sections"] == [
            {"anchor": "top", "heading": "Receipts", "text": "One prepare_many line.", "keys": ""},
            {"anchor": "codes", "heading": "Codes", "text": "-621018 超过年度限值 next", "keys": "-621018"},
            {"anchor": "customs.track", "heading": "customs.track", "text": "track() Fold receipts.", "keys": ""},
        ]
