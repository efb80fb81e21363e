"""The migrations of the ledger (账簿结构变更): one for each change of its tables, in order."""
