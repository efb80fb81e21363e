"""The store of a hub (枢纽存储): its tables, how contents are sealed in them, and the clock that all its processes share.

A request that comes again finds here the answer that it had.
"""
