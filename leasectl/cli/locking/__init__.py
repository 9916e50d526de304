"""`leasectl lock` as it runs: what was asked, who stands for the lease, and a turn of the command under it."""
