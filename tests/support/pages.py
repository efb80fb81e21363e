"""Pages of the docs that have no Chinese yet."""

#: The list may only grow shorter. Links to these pages lead to the English ones on the site.
WITHOUT_CHINESE = frozenset(f"docs/zh/{page}" for page in ("howto/going-live.md",))

#: Pages that are English only: decisions, and the reference of names.
ENGLISH_ONLY = frozenset({"api.md", "decisions.md"})
