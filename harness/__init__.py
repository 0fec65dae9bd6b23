"""How a property is checked; knows no contract by name."""
