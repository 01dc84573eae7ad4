"""How we touch the world: IMAP, SMTP and the reader processes."""
