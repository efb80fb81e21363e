"""Codes that rules and defaults name (常用代码), each once. Source: parameters of the customs administration.

The yuan and China share a code by coincidence: one is an entry of ``currencies``, the other of ``countries``.

>>> from customs.codes import code_list
>>> code_list("currencies")[YUAN].zh, code_list("countries")[CHINA].zh, code_list("units")[KILOGRAM].zh
('人民币', '中国', '千克')
"""

#: The yuan (人民币), the only currency of retail import.
YUAN = "142"

#: China (中国), the country from which bonded goods are dispatched.
CHINA = "142"

#: Units that are counted, of which there is no half (件, 个, 盒, 瓶, ...).
WHOLE_UNITS = frozenset(
    {f"{code:03}" for code in (*range(1, 30), 31, 34, 37, 39, 45, 46, 48, *range(120, 127), 128, *range(130, 143), 163)}
)

#: The kilogram (千克).
KILOGRAM = "035"
