"""What binds a demand that does not fit, and the least that would make it fit."""
