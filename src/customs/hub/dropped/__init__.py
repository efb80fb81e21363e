"""Dropped files (投放文件): order lists and node files that enterprises drop into folders, each read whole and taken once."""
