"""What vCenters hold, judged without a blueprint: the first meeting (F38). Pure."""
