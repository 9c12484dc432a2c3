"""Training of the small bundled model."""
