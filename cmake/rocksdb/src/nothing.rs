// This package exists for its dependency alone.
