"""How few GPUs any legal plan must open: loads, their prices, and the proof."""
