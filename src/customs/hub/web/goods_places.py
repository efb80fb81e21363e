"""Where the pages of a goods record are, and which states an address may ask for (备案页面地址)."""

from urllib.parse import urlencode

from customs.ledger.goods import GoodsStanding, GoodsState


def record_address(standing: GoodsStanding, page: str = "record", version: int = 0) -> str:
    """Return the address of a page of a record within the enterprise."""
    asked: dict[str, object] = {"sku": standing.sku, "book": standing.account_book_no}
    return f"/goods/{page}?{urlencode(asked | ({'version': version} if version else {}))}"


def state_asked(text: str) -> GoodsState | None:
    """Return the state that a form or an address names, None for none."""
    return GoodsState(text) if text in set(GoodsState) else None
