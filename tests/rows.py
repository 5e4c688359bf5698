"""One row of every model."""

import uuid
from collections.abc import Callable

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone

from chatapp.accounts.models import (
    AttemptCount,
    LinkRequest,
    Person,
    PersonalInstructions,
    SignIn,
    SignInPolicy,
)
from chatapp.audit.models import Entry
from chatapp.conversations.models import (
    Attachment,
    Conversation,
    Defaults,
    Draft,
    Message,
    ToolCall,
    ToolCallImage,
)
from chatapp.diagnostics.models import ImageLink
from chatapp.documents.models import Document, DocumentData, DocumentPage
from chatapp.images.image_data import ImageData
from chatapp.images.models import Image
from chatapp.jobs.models import Job
from chatapp.mcp.models import Server, ToolSetting
from chatapp.people.models import Invitation
from chatapp.projects.models import Member, Project, ProjectFile
from chatapp.prompts.models import SavedPrompt
from chatapp.replies.models import LearnedFact
from chatapp.retirement.models import ServiceList
from chatapp.sharing.models import Share, Snapshot
from chatapp.spending.models import (
    Budget,
    Cap,
    ChatSum,
    DaySum,
    LineProcess,
    ModelCall,
    SharedLine,
    SummedZone,
)
from chatapp.transfer.models import (
    ArchivePart,
    Import,
    ImportedConversation,
    UploadedFile,
    UploadedSlice,
)


def unique() -> str:
    return uuid.uuid4().hex[:20]


def person() -> Person:
    return Person.objects.create(email=f"{unique()}@example.com")


def image() -> Image:
    return Image.objects.create(
        owner=person(), sha256="0" * 64, content_type="image/png", width=1, height=1, byte_size=1
    )


def conversation() -> Conversation:
    return Conversation.objects.create(owner=person(), model="claude-sonnet-4-6")


def message() -> Message:
    return Message.objects.create(
        conversation=conversation(), position=0, role="assistant", status="complete"
    )


def tool_call() -> ToolCall:
    return ToolCall.objects.create(
        reply=message(), round=0, index=0, text_length=0, call_id="1", name="look", state="done"
    )


def attachment() -> Attachment:
    return Attachment.objects.create(message=message(), position=0, link="https://example.com/")


def tool_setting() -> ToolSetting:
    server = Server.objects.create(name=unique(), url="https://example.com/mcp")
    return ToolSetting.objects.create(name=unique(), access="ask", server=server)


def share() -> Share:
    return Share.objects.create(
        conversation=conversation(),
        token_digest=unique(),
        taken_at=timezone.now(),
        message_count=0,
        byte_size=0,
    )


def document() -> Document:
    return Document.objects.create(
        owner=person(),
        sha256=unique(),
        name="a.pdf",
        format="pdf",
        unit="page",
        byte_size=1,
        page_count=1,
        read_count=1,
        tokens=1,
    )


def project() -> Project:
    return Project.objects.create(owner=person(), name="a")


def job() -> Job:
    return Job.objects.create(kind="work", owner=person())


def begun_import() -> Import:
    return Import.objects.create(owner=person())


def uploaded_file() -> UploadedFile:
    return UploadedFile.objects.create(
        for_import=begun_import(), number=0, name="a.zip", size=1, modified=1
    )


def content_type() -> ContentType:
    return ContentType.objects.create(app_label=unique(), model="row")


def permission() -> Permission:
    return Permission.objects.create(content_type=content_type(), name="May", codename="may")


def email() -> EmailAddress:
    return EmailAddress.objects.create(user=person(), email=f"{unique()}@example.com")


def identity() -> SocialAccount:
    return SocialAccount.objects.create(user=person(), provider=unique(), uid=unique())


ROWS: dict[type[Model], Callable[[], Model]] = {
    ArchivePart: lambda: ArchivePart.objects.create(job=job(), number=0, offset=0),
    Authenticator: lambda: Authenticator.objects.create(user=person(), type="totp", data={}),
    LineProcess: lambda: LineProcess.objects.create(name=unique(), seen_at=timezone.now()),
    SharedLine: lambda: SharedLine.objects.create(key=unique(), version="1", state="{}"),
    SignInPolicy: lambda: SignInPolicy.objects.create(role=unique()[:10]),
    Budget: lambda: Budget.objects.create(key=unique(), created=0),
    Cap: lambda: Cap.objects.create(kind="instance", period="day", amount=1),
    ServiceList: lambda: ServiceList.objects.create(service=unique(), asked_at=timezone.now()),
    ModelCall: lambda: ModelCall.objects.create(purpose="reply", model_asked="m", model="m"),
    DaySum: lambda: DaySum.objects.create(day="2026-11-30", model="m", purpose="reply"),
    ChatSum: lambda: ChatSum.objects.create(
        person=person(), month="2026-11-01", conversation_id=unique()
    ),
    SummedZone: lambda: SummedZone.objects.create(name=unique()),
    AttemptCount: lambda: AttemptCount.objects.create(key=unique(), ends_at=timezone.now()),
    Attachment: attachment,
    ContentType: content_type,
    Conversation: conversation,
    Defaults: lambda: Defaults.objects.create(person=person(), model="claude-sonnet-4-6"),
    Draft: lambda: Draft.objects.create(person=person()),
    EmailAddress: email,
    EmailConfirmation: lambda: EmailConfirmation.objects.create(
        email_address=email(), key=unique()
    ),
    Entry: lambda: Entry.objects.create(action="invited"),
    Group: lambda: Group.objects.create(name=unique()),
    Image: image,
    Import: begun_import,
    ImportedConversation: lambda: ImportedConversation.objects.create(
        from_import=begun_import(), conversation=conversation(), is_new=True, message_count=1
    ),
    Document: document,
    DocumentData: lambda: DocumentData.objects.create(document=document(), content=b""),
    DocumentPage: lambda: DocumentPage.objects.create(document=document(), number=1, tokens=1),
    ImageData: lambda: ImageData.objects.create(image=image(), content=b""),
    Invitation: lambda: Invitation.objects.create(
        token_digest=unique(), role="member", made_by=person(), ends_at=timezone.now()
    ),
    Job: job,
    LearnedFact: lambda: LearnedFact.objects.create(
        service=unique(), model=unique(), name="max_output", value=1, until=timezone.now()
    ),
    LinkRequest: lambda: LinkRequest.objects.create(person=person(), requested_at=timezone.now()),
    Message: message,
    Permission: permission,
    Person: person,
    PersonalInstructions: lambda: PersonalInstructions.objects.create(person=person()),
    SavedPrompt: lambda: SavedPrompt.objects.create(owner=person(), name=unique(), text="Hi"),
    Project: project,
    ProjectFile: lambda: ProjectFile.objects.create(project=project(), image=image()),
    Member: lambda: Member.objects.create(project=project(), person=person()),
    ImageLink: ImageLink.objects.create,
    Server: lambda: Server.objects.create(name=unique(), url="https://example.com/mcp"),
    Session: lambda: Session.objects.create(session_key=unique(), expire_date=timezone.now()),
    Share: share,
    SignIn: lambda: SignIn.objects.create(person=person(), session_key=unique()),
    SocialAccount: identity,
    SocialApp: lambda: SocialApp.objects.create(provider=unique()[:30], client_id=unique()),
    SocialToken: lambda: SocialToken.objects.create(account=identity(), token=unique()),
    Snapshot: lambda: Snapshot.objects.create(share=share(), stored={}, html_version=0),
    ToolCall: tool_call,
    ToolCallImage: lambda: ToolCallImage.objects.create(
        tool_call=tool_call(), image=image(), position=0
    ),
    ToolSetting: tool_setting,
    UploadedFile: uploaded_file,
    UploadedSlice: lambda: UploadedSlice.objects.create(
        file=uploaded_file(), number=0, size=1, content=b"a"
    ),
}
