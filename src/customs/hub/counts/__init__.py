"""Counts of the hub (计数): orders by stage, answers, and refusals by cause and provider, counted as they happen.

A count is entered in the transaction of what it counts. Alarms and figures ask the counts, and open no order and no answer.
"""
