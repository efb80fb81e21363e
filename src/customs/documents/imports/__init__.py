"""The import side of the standard (进口): the documents of enterprises and the receipts of customs, a module for each
document.

| module | declares | is answered by |
| --- | --- | --- |
| order | 311 | 312 |
| payment | 411 | 412 |
| waybill | 511 | 512 |
| delivery_status | 513 | 514 |
| declaration_list | 621 | 622 |
| cancellation | 623 | 624 |
| goods_return | 625 | 626 |
| warehouse_entry | 711 | 712 |
| tax_bill | | 816, 818 |
"""
