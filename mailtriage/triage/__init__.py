"""What we make of a message: facts, rules, decision, effects. Pure: same arguments, same outcome."""
