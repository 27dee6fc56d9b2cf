"""An independent client of Parley: it knows the interface and nothing of the server's code."""
