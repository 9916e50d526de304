"""What lies around leases, asked for side by side within one deadline; a look-up that fails is a value."""
