"""What tests of the ledger share."""

from support.ledger_fixtures import databases, ledger, ledger_url, postgres, postgresql_databases, sqlite_databases

__all__ = ["databases", "ledger", "ledger_url", "postgres", "postgresql_databases", "sqlite_databases"]
