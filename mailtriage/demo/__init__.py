"""The main job on loopback: an embedded IMAP and SMTP server, sample mail, the unchanged daemon on top."""
