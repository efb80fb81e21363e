"""Compatibility: the tests with the lowest and the newest versions of all dependencies, on every Python that is installed.

``make compat`` makes a virtual environment for each pair of a Python and a set of versions, in ``build/compat/``, and
runs the tests in it. The lowest versions are the lower bounds of ``pyproject.toml``, which is the one place that states
them. What dependencies themselves need, and the tools of the tests, are as new as fits. An extra that wants newer versions
than the library is tried beside the lowest ones, with the tests that use it.
"""
