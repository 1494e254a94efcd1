"""The language as typed objects; field names are the schema's, units are in the names."""
