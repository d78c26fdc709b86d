"""From chat to phone call: call-back requests, their queue for the staff, and alerts to the people on duty."""
