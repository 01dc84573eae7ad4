"""Does what we have written down agree with what lies on the server? Asked each morning, and by a person who doubts."""
