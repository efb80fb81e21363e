"""Cases (工单): what people have to look into, from the first report to the answer, and why it took as long as it did.

A case is what its log says: each change is an entry, with who, when, from what, to what and why, and entries are only ever
appended. What stands in the row of a case is derived from its entries and held equal to them; every figure of support is
computed from entries alone. Many parcels of one cause are one case.
"""
