"""What needs several packages at once, one noun a module."""
