"""What extractors share that ask a service: repeated requests, many at a time, and a budget."""
