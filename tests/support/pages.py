"""Pages of the docs that have no Chinese yet."""

#: The list may only grow shorter. Links to these pages lead to the English ones on the site.
WITHOUT_CHINESE = frozenset(
    f"docs/zh/{page}"
    for page in (
        "architecture.md",
        "howto/courier.md",
        "howto/go-live-checklist.md",
        "howto/going-live.md",
        "howto/payment-company.md",
        "howto/troubleshoot-signatures.md",
        "law.md",
        "performance.md",
        "security.md",
        "upgrading.md",
    )
)

#: Pages that are English only: decisions, and the reference of names.
ENGLISH_ONLY = frozenset({"api.md", "decisions.md"})
