"""What panellists read, in their language: catalogues of texts, numbers and dates by locale."""
