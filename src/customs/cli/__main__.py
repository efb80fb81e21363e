"""``python -m customs.cli``."""

from customs.cli import main

main()
