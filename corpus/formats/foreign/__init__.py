"""What all readers of other tools' files share: what a file states, and how documents are built from it."""
