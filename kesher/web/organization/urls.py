from django.urls import path

from kesher.web.organization import (
    absence_pages,
    access_log,
    business_pages,
    entrance,
    inviting_pages,
    looking,
    member_pages,
    message_pages,
    my_account,
    place_pages,
    role_pages,
)

urlpatterns = [
    path("welcome/", entrance.welcome, name="welcome"),
    path("invitations/<str:token>/acceptance/", entrance.invitation, name="invitation"),
    path("logo/", business_pages.logo, name="logo"),
    # one's own
    path("me/", my_account.account, name="my-account"),
    path("me/sessions/", my_account.sessions, name="my-sessions"),
    path("me/sessions/others/end/", my_account.end_others, name="my-sessions-end"),
    path("me/sessions/<str:reference>/end/", my_account.end_one, name="my-session-end"),
    # the business
    path("settings/", business_pages.index, name="settings"),
    path("settings/business/", business_pages.business, name="settings-business"),
    path("settings/business/colours/", business_pages.brand_preview, name="brand-preview"),
    path("settings/business/logo/", business_pages.logo_upload, name="logo-upload"),
    path("settings/business/logo/removal/", business_pages.logo_removal, name="logo-removal"),
    path("settings/holidays/", business_pages.holidays, name="holidays"),
    path("settings/holidays/public/", business_pages.holidays_taken, name="holidays-taken"),
    path(
        "settings/holidays/<int:pk>/removal/", business_pages.holiday_removal,
        name="holiday-removal",
    ),
    path("settings/messages/", message_pages.texts, name="message-texts"),
    path(
        "settings/messages/<slug:name>/<slug:language>/", message_pages.text, name="message-text"
    ),
    path(
        "settings/messages/<slug:name>/<slug:language>/default/", message_pages.reset,
        name="message-text-reset",
    ),
    # places
    path("settings/branches/", place_pages.branches, name="branches"),
    path("settings/branches/<int:pk>/", place_pages.branch_change, name="branch-change"),
    path("settings/branches/<int:pk>/closing/", place_pages.branch_closing, name="branch-closing"),
    path(
        "settings/branches/<int:pk>/reopening/", place_pages.branch_reopening,
        name="branch-reopening",
    ),
    path("settings/teams/", place_pages.teams, name="teams"),
    path("settings/teams/<int:pk>/", place_pages.team_change, name="team-change"),
    path("settings/teams/<int:pk>/removal/", place_pages.team_removal, name="team-removal"),
    path("settings/resources/", place_pages.resources, name="resources"),
    path("settings/resources/<int:pk>/", place_pages.resource_change, name="resource-change"),
    path(
        "settings/resources/<int:pk>/retirement/", place_pages.resource_retirement,
        name="resource-retirement",
    ),
    path(
        "settings/resources/<int:pk>/return/", place_pages.resource_return, name="resource-return"
    ),
    # roles
    path("settings/roles/", role_pages.roles, name="roles"),
    path("settings/roles/<int:pk>/", role_pages.role, name="role"),
    path("settings/roles/<int:pk>/rights/", role_pages.right, name="role-right"),
    path("settings/roles/<int:pk>/clearances/", role_pages.clearance, name="role-clearance"),
    path("settings/roles/<int:pk>/preset/", role_pages.preset, name="role-preset"),
    path("settings/roles/<int:pk>/name/", role_pages.naming, name="role-naming"),
    path("settings/roles/<int:pk>/removal/", role_pages.removal, name="role-removal"),
    path(
        "settings/classifications/", role_pages.classification_new, name="classification-new"
    ),
    path(
        "settings/classifications/<int:pk>/name/", role_pages.classification_naming,
        name="classification-naming",
    ),
    path(
        "settings/classifications/<int:pk>/removal/", role_pages.classification_removal,
        name="classification-removal",
    ),
    path("settings/readings/", access_log.access_log, name="access-log"),
    path(
        "settings/classifications/<int:pk>/watching/", role_pages.classification_watching,
        name="classification-watching",
    ),
    path("settings/view-as/", looking.start, name="view-as"),
    path("settings/view-as/stop/", looking.stop, name="view-as-stop"),
    # people
    path("absences/", absence_pages.absences, name="absences"),
    path(
        "absences/<int:pk>/cancelling/", absence_pages.absence_cancelling,
        name="absence-cancelling",
    ),
    path("members/invitations/", inviting_pages.invite, name="invite"),
    path(
        "members/invitations/<int:pk>/renewal/", inviting_pages.renewal,
        name="invitation-renewal",
    ),
    path(
        "members/invitations/<int:pk>/withdrawal/", inviting_pages.withdrawal,
        name="invitation-withdrawal",
    ),
    path("members/<int:pk>/", member_pages.member, name="member"),
    path("members/<int:pk>/about/", member_pages.about, name="member-about"),
    path("members/<int:pk>/role/", member_pages.role, name="member-role"),
    path("members/<int:pk>/places/", member_pages.placing, name="member-placing"),
    path("members/<int:pk>/leaving/", member_pages.leaving, name="member-leaving"),
    path("members/<int:pk>/returning/", member_pages.returning, name="member-returning"),
    path("members/<int:pk>/sign-out/", member_pages.signing_out, name="member-sign-out"),
    path(
        "members/<int:pk>/second-step/removal/", member_pages.second_step_removal,
        name="member-second-step-removal",
    ),
    path("members/<int:pk>/shifts/", member_pages.shift_planning, name="shift-planning"),
    path("shifts/<int:pk>/removal/", member_pages.shift_removal, name="shift-removal"),
]  # fmt: skip
