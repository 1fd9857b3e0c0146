"""The mailbox inside Kesher: for the demo, for development, and while no mail server is set."""
