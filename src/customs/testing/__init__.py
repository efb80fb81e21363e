"""For tests (测试工具): fictitious parcels, keys and certificates that are marked as tests."""

from customs.testing.keys import issue_test_key
from customs.testing.parcels import sample_parcels

__all__ = ["sample_parcels", "issue_test_key"]
