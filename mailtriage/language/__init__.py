"""What the words say, Russian first. Pure."""
