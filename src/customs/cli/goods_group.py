"""The group ``goods``: the check of a list always, the commands over the ledger where its extra is installed."""

from customs.cli import goods as goods

try:
    from customs.cli import goods_changes as goods_changes
    from customs.cli import goods_records as goods_records
except ImportError as error:
    if "pip install" not in str(error):
        raise
