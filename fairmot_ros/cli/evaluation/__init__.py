"""What `fairmot-evaluate` is made of: configurations, offline and live runs."""
