"""Reading spread over any number of machines, by a queue on PostgreSQL; one machine has no need of this room."""
