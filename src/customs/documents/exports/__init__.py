"""The export side of the standard (出口): the documents of enterprises and the receipts of customs, a module for each
document.

| module | declares | is answered by |
| --- | --- | --- |
| order | 303 | 304 |
| collection | 403 | 404 |
| waybill | 505 | 506 |
| arrival | 507 | 508 |
| departure | 509 | 510 |
| declaration_list | 603 | 604 |
| cancellation | 605 | 606 |
| master_house_list | 607 | 608 |
| consolidation | 701 | 702, 792 |
| goods_return | 213 | 214 |
| return_tally | 215 | 216 |
"""
