"""The daemon behind a support mailbox: every message is read, decided by rules, recorded, moved and answered once."""
