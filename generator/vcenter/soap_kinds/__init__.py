"""What SOAP shows, kind by kind: the leaf paths to read and the objects made of them."""
