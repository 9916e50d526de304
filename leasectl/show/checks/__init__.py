"""A check of leases in the formats of people, monitors and CI: a file a format, each with `render(report, look)`."""
