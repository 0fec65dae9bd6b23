"""Small contracts whose true and false properties are known."""
