"""The demonstration district: 17 hotels, some 3,000 rooms, 2,000 guests in every stage, 1,000 staff. All invented.

Deterministic: the same day gives the same district. What happened before today is written in bulk, but with the rules,
deadlines and journal entries of the commands it stands for; what is exceptional goes through the commands themselves.
"""
