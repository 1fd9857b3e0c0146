from django.urls import path

from kesher.web.organization import entrance, my_account

urlpatterns = [
    path("welcome/", entrance.welcome, name="welcome"),
    path("invitations/<str:token>/acceptance/", entrance.invitation, name="invitation"),
    path("me/", my_account.account, name="my-account"),
    path("me/sessions/", my_account.sessions, name="my-sessions"),
    path("me/sessions/others/end/", my_account.end_others, name="my-sessions-end"),
    path("me/sessions/<str:reference>/end/", my_account.end_one, name="my-session-end"),
]
