"""One port: the live stream natively asynchronous, every page through Django in a few threads."""
