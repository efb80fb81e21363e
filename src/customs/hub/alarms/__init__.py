"""Monitoring and alarms (监控与告警): what is out of order in the hub, told once, to whom it concerns, until it is well again.

Rules are data (``rules.toml``) that a hub's own file changes. Conditions are a few questions to the database for all orders
together. An alarm opens after its condition has held for a while, and closes after it has been well for a while.
"""
