"""Every write of this part, one file an activity."""
