"""Migration of documents from one scheme to another, with nothing lost, and back."""
