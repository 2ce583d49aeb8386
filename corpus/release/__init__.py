"""Order, split and publish a corpus, and list its editions."""
