"""Us: the business, its branches, teams, members, roles, rooms, shifts and absences.

Announces MemberInvited, MemberLeft, AccessChanged, AbsencePlanned.
Main words: business, branch, team, member, role, grant, clearance, shift, absence, deputy.
"""
