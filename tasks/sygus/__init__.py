"""SyGuS-IF files: problems of syntax-guided synthesis (Alur et al. 2013), read, posed and answered."""
