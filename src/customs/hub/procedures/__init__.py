"""Procedures (标准作业程序, SOP): what is done about a trouble, step by step, with its conditions, evidence and second person.

A procedure is data: shipped with the library, or the team's own in the ledger. It is run over a case or an order; each step is
entered once, what the hub can do is done by the hub, and a run that was left goes on where it stood.
"""
