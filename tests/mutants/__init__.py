"""Mutants (变异测试): small mistakes put into the code one at a time, to see whether a test fails.

``make mutants COUNT=400 SEED=1`` draws a sample of the mistakes that can be made in the rooms of rules, tax,
reconciliation, areas and road, runs the tests that execute the changed line, and prints the share that some test
noticed and every mistake that none did.
"""
