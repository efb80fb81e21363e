"""Intake (接单): from an order list, goods records and the enterprise file to declarations, and reasons back to the cell.

Nothing here stores, sends or reads a clock. A sheet is read (``read_sheet``), its headings are recognised
(``columns_of``), its rows are gathered into orders (``gather``), and each order is composed with the goods records and
a profile of the enterprise (``compose``). A value has one source, or its sources agree; where a value came from is
known for each, so that a finding leads back to sheet, row and column.
"""
