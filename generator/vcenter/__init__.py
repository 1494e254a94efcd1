"""A live vCenter, read only: what is there, as flat objects, and what could not be seen."""
