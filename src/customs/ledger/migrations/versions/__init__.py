"""The changes of the ledger's tables, each named after what it brings."""
