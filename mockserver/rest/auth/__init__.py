"""Who may ask for what: users, how they are recognised, the rules, and logging in and out."""
