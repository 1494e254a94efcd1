"""``python -m generator`` is the ``mlgen`` command."""

from generator.cli import main

if __name__ == "__main__":
    main()
