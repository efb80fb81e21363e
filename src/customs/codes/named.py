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

#: The kilogram (千克).
KILOGRAM = "035"
