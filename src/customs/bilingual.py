"""Texts in two languages (双语文本): what is said stands in English first and then in Chinese, in one text.

>>> halves("declared before, skipped 此前已申报，跳过")
('declared before, skipped', '此前已申报，跳过')
>>> halves("no Chinese here")
('no Chinese here', '')
>>> joined("refused 拒收", "ask there 请查询")
'refused; ask there 拒收；请查询'
"""

import re

#: Where the Chinese half of a text begins: Chinese, or its quotation mark or bracket, after a blank.
_CHINESE = re.compile(r"(?<=\S)\s+(?=[\u4e00-\u9fff\u201c\u300a\uff08])")


def halves(text: str) -> tuple[str, str]:
    """Return the English and the Chinese half of a text that has one after the other."""
    found = _CHINESE.search(text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def joined(*texts: str) -> str:
    """Return texts as one, again with the Chinese halves behind the English ones; empty ones are left out."""
    both = [halves(each) for each in texts if each]
    return f"{'; '.join(en for en, _ in both)} {'；'.join(zh for _, zh in both if zh)}".strip()
