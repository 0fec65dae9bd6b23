"""Hash-consed terms over integers and booleans: bounds, normal forms, evaluation; no solver."""
