"""SCAN: commands to action sequences."""
