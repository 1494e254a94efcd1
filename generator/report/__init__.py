"""Words and layout: findings, tables and changes as text or JSON.

This room knows nothing of what it prints beyond the plain types of ``finding`` and ``ledger``.
"""
