"""The assistant on several processes with PostgreSQL, Redis and nginx: how it scales, what it loses when parts die."""
