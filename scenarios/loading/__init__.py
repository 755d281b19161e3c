"""Reading scenario and study files: YAML with line numbers, strict schemas, located faults."""
