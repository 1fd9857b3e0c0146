"""Ways out of the house. Only `registry` knows the providers; each has a folder of its own."""
