"""What the commands do and say, beneath the command line itself."""
