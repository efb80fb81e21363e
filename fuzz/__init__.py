"""Fuzzing: what others send is read with millions of random changes, and none of them may break a promise.

``make fuzz MINUTES=10`` runs atheris on every target, one after the other. A target takes bytes, gives them to a reader
and raises where a promise of the documentation does not hold: any exception but the documented one, a result that
differs, more time than the size allows. Bugs come to ``build/fuzz/bugs/`` with their inputs; inputs that reach new code
join the corpus in ``fuzz/corpus/``, which the tests read on every run.
"""
