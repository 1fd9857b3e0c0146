from django.urls import path

from kesher.web.engagement import bell, files, mailbox, tasks, touches

urlpatterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mailbox.letter, name="letter"),
    path("mailbox/<int:pk>/withdrawal/", mailbox.withdrawal, name="letter-withdrawal"),
    path("mailbox/<int:pk>/repetition/", mailbox.repetition, name="letter-repetition"),
    path("mailbox/<int:pk>/acceptance/", mailbox.acceptance, name="letter-acceptance"),
    path("tasks/new/", tasks.new, name="task-new"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/peek/", tasks.peek, name="task-peek"),
    path("tasks/<int:pk>/completion/", tasks.done, name="task-done"),
    path("tasks/<int:pk>/reopening/", tasks.reopen, name="task-reopen"),
    path("tasks/<int:pk>/dropping/", tasks.drop, name="task-drop"),
    path("touches/<int:pk>/", touches.touch, name="touch"),
    path("touches/<int:pk>/menu/", touches.menu, name="touch-menu"),
    path("touches/<int:pk>/edit/", touches.edit, name="touch-edit"),
    path("touches/<int:pk>/agreement/", touches.pin, name="touch-pin"),
    path("touches/<int:pk>/complaint/", touches.complaint, name="touch-complaint"),
    path("touches/<int:pk>/bin/", touches.bin_it, name="touch-bin"),
    path("touches/<int:pk>/restoration/", touches.restore, name="touch-restore"),
    path("files/<int:pk>/", files.attachment, name="attachment"),
    path("files/<int:pk>/menu/", files.menu, name="attachment-menu"),
    path("files/<int:pk>/bin/", files.bin_it, name="attachment-bin"),
    path("files/<int:pk>/restoration/", files.restore, name="attachment-restore"),
    path("notifications/", bell.notifications, name="notifications"),
    path("notifications/bell/", bell.bell, name="bell"),
    path("notifications/read/", bell.read_all, name="notifications-read"),
    path("notifications/<int:pk>/", bell.follow, name="notification"),
    path("customers/<int:pk>/mentionable/", bell.mentionable, name="mentionable"),
]
