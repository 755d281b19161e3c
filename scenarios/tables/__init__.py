"""Tables that people fill in and programs export: read from CSV and XLSX files with their lines."""
