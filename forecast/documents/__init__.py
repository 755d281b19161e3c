"""Pages as PDF and as Word documents, by libraries that are optional."""
