"""BUSTLE's spreadsheet tasks (Odena et al. 2021), with held-out tests."""
