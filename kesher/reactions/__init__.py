"""What follows from an event: one file per event, each fetches, calls one command, nothing else."""
