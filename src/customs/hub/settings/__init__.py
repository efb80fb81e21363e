"""Settings (枢纽设置): the file of a hub, ``hub.toml``, and its tables for the console, settlements, metrics and traces.

Alarms, cases, channels and reports read their own tables in it.
"""
