"""Fixtures of all tests; the real servers live in servers/."""

pytest_plugins = ("servers.fixtures",)
