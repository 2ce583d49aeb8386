"""Privacy of annotators in what goldspan exports, publishes and reports."""
