"""What people do in the mailbox: folders that they move mail between, answers that they send from their own client."""
