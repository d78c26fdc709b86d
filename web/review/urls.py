"""Addresses of the console, under /staff/."""

from django.urls import path

from web.review.views import export, insight, people, queue, sign_in, teaching, transcript

app_name = "review"

urlpatterns = [
    path("sign-in", sign_in.SignInView.as_view(), name="sign-in"),
    path("second-factor", sign_in.SecondFactorView.as_view(), name="second-factor"),
    path("sign-out", sign_in.SignOutView.as_view(), name="sign-out"),
    path("invitation/<str:token>", sign_in.InvitationView.as_view(), name="invitation"),
    path("", queue.QueueView.as_view(), name="queue"),
    path("stubs/<int:number>", queue.StubView.as_view(), name="stub"),
    path("conversations", transcript.FindView.as_view(), name="find"),
    path("conversations/<uuid:conversation>", transcript.TranscriptView.as_view(), name="transcript"),
    path("conversations/<uuid:conversation>/review", transcript.ReviewView.as_view(), name="review"),
    path("conversations/<uuid:conversation>/assign", transcript.AssignView.as_view(), name="assign"),
    path("conversations/<uuid:conversation>/notes", transcript.NoteView.as_view(), name="note"),
    path("conversations/<uuid:conversation>/tags", transcript.TagView.as_view(), name="tag"),
    path("conversations/<uuid:conversation>/follow-ups", transcript.FollowUpView.as_view(), name="follow-up"),
    path("conversations/<uuid:conversation>/corrections", transcript.CorrectView.as_view(), name="correct"),
    path("conversations/<uuid:conversation>/delete", transcript.DeleteView.as_view(), name="delete"),
    path("teaching", teaching.TeachingView.as_view(), name="teaching"),
    path("teaching/<int:number>", teaching.DecideView.as_view(), name="decide"),
    path("insight", insight.InsightView.as_view(), name="insight"),
    path("insight/week", insight.WeekView.as_view(), name="week"),
    path("export", export.ExportView.as_view(), name="export"),
    path("people", people.PeopleView.as_view(), name="people"),
    path("audit", people.AuditView.as_view(), name="audit"),
]
