"""What the files say: octets become text, or the reason why they cannot be read. Pure."""
