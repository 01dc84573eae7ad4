"""What we remember: ledger, conversations, outbox, octets. SQLite by default, PostgreSQL to scale."""
