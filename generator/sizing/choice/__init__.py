"""Which accelerator a workload gets and how it shares it, with what was rejected and why."""
