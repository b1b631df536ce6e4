from __future__ import annotations

from django.urls import path

from aftercart.desk.views import acts, choosing, files, queues, ticket, writing

app_name = "desk"
TICKET = "<slug:slug>/tickets/<int:number>/"
urlpatterns = [
    path("", queues.home, name="home"),
    path("<slug:slug>/", queues.front, name="front"),
    path("<slug:slug>/queues/<slug:key>/", queues.queue, name="queue"),
    path("<slug:slug>/queues/<slug:key>/news/", queues.news, name="queue-news"),
    path("<slug:slug>/search/", queues.search, name="search"),
    path(TICKET, ticket.ticket, name="ticket"),
    path(f"{TICKET}news/", ticket.news, name="news"),
    path(f"{TICKET}answer/", ticket.answer, name="answer"),
    path(f"{TICKET}replies/", writing.reply, name="reply"),
    path(f"{TICKET}notes/", writing.note, name="note"),
    path(f"{TICKET}writing/", writing.sign, name="writing"),
    path(f"{TICKET}assignments/", acts.assign, name="assign"),
    path(f"{TICKET}tags/", acts.tag, name="tag"),
    path(f"{TICKET}snoozes/", acts.snooze, name="snooze"),
    path(f"{TICKET}wakings/", acts.wake, name="wake"),
    path(f"{TICKET}resolutions/", acts.resolve, name="resolve"),
    path(f"{TICKET}reopenings/", acts.reopen, name="reopen"),
    path(f"{TICKET}labels/", acts.relabel, name="relabel"),
    path(f"{TICKET}merges/", choosing.merge, name="merge"),
    path(f"{TICKET}splits/", choosing.split, name="split"),
    path("<slug:slug>/acts/<uuid:act_id>/undoing/", acts.undo, name="undo"),
    path("<slug:slug>/files/<uuid:file_id>/", files.file, name="file"),
    path("<slug:slug>/messages/<uuid:message_id>/", files.letter, name="letter"),
]
