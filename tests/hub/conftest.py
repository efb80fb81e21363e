"""What tests of the hub share: a fresh ledger on both databases."""

from support.ledger_fixtures import databases, ledger, ledger_url, postgres, postgresql_databases, sqlite_databases

__all__ = ["databases", "ledger", "ledger_url", "postgres", "postgresql_databases", "sqlite_databases"]
