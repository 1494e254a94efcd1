"""From document trees to a typed blueprint, with every finding on the way.

This room knows the language and its schemas; it sizes nothing.
"""
