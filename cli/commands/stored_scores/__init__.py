"""Commands on stored scores: merged, and compared."""
