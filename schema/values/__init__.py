"""Value types: what every type says of itself, and the types for numbers, money, durations, choices and identifiers."""
