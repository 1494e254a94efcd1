"""What REST shows, kind by kind: what is asked, and the objects made of the answers."""
