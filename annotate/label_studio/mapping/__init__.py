"""Map documents and spans to tasks and results of Label Studio, and back."""
