"""What arrived: octets become a Message. Pure: no clock, no files, no network, no log."""
