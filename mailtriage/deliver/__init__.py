"""LOOP 2: every due effect is claimed, carried out and settled."""
