"""What we answer: by when, with which template, as which octets. Pure."""
