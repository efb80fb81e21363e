"""Figures of support (客服统计): how much came, how long it took, which promises were kept, and what should not come again.

All of it is computed from the entries of cases, runs, articles and look-ups, so that whoever doubts a figure can count it again.
"""
