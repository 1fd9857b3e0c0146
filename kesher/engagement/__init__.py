"""How we keep in touch: every touch, task, file and message with a customer.

Announces TouchRecorded, TouchChanged, TaskPlanned, TaskChanged, TaskDone, MemberMentioned.
Main words: touch, complaint, agreement, task, attachment, message, notification, draft.
"""
