"""Reading spread over any number of processes and machines, through a queue on PostgreSQL; not needed on one machine."""
