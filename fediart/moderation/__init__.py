"""What an admin decides about others: which servers are suspended or silenced.

The rules are rows that every door asks; here is what else happens when one is made, and the lists that admins share.
"""
