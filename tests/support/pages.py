"""Pages of the docs that have one language only."""

#: Pages that have no Chinese yet; links to them lead to the English ones on the site. The list may only grow shorter.
WITHOUT_CHINESE: frozenset[str] = frozenset()

#: Pages that are English only: decisions, and the reference of names.
ENGLISH_ONLY = frozenset({"api.md", "decisions.md"})
