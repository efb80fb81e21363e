"""The account book and the stock (账册与库存): what customs' book holds by item, and what lies in the warehouse against it.

Bond lists (核注清单) move the book, not the release of parcels: parcels are gathered in an out-list, and customs deducts that.
``compare_stock`` says for each item why stock and book differ, with the documents that prove it.
"""
