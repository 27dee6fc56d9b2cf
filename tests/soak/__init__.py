"""An hour of mixed traffic with random disconnects, watched all the while."""
