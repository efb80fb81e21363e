"""The enterprises of a hub (入驻企业): each apart from the others, with its runs, its part of the ledger and its tokens."""
