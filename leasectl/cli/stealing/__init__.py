"""`leasectl steal` as it runs: what was asked, what is found out, the write, and what follows."""
