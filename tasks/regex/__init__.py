"""Regular expressions from membership examples."""
