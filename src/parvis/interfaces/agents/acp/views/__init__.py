"""The addresses of the protocol, a file for each family."""
