"""What tests of the command line share: databases for the ledger."""

from support.ledger_fixtures import databases, postgres, postgresql_databases, sqlite_databases

__all__ = ["databases", "postgres", "postgresql_databases", "sqlite_databases"]
