// Declares every custom event of the page: its payload, who dispatches it > who listens.
//
// Elements reach each other by these events and by attributes of their own subtree. A part of an element may
// look that element up (closest); the element itself may call methods of its parts. The payload is the event's
// `detail`. Every event bubbles, and where its description mentions it, a listener may refuse the event with
// preventDefault(). Importing a name that is not declared here fails the build, which checks all imports.

// --- From the server. live-socket dispatches each event of the socket as "live:" and its type, with the
// --- server's own JSON as payload; the server declares them in its `events.py`.

export const LIVE = "live:";

// { version, joined, person }. The socket is open.
// live-socket > message-list
export const LIVE_HELLO = "live:hello";

// { value }. Whether the socket brings the events of all processes from now on.
// live-socket > message-draft, message-list
export const LIVE_JOINED = "live:joined";

// { conversation, message, parent, position, replaces, running, html }
// live-socket > conversation-list, message-list
export const LIVE_MESSAGE_CREATED = "live:message.created";

// { conversation, message, html }
// live-socket > message-list
export const LIVE_MESSAGE_CHANGED = "live:message.changed";

// { conversation, head }. Another branch is shown, whose last message is `head`.
// live-socket > message-list
export const LIVE_BRANCH_CHANGED = "live:branch.changed";

// { conversation, message, html }. A version was deleted: `html` offers to undo that, "" once it is undone.
// live-socket > later
export const LIVE_VERSION_DELETED = "live:version.deleted";

// { conversation, message, attempt, running, html }
// live-socket > conversation-list, message-list
export const LIVE_MESSAGE_FINISHED = "live:message.finished";

// { conversation, message, attempt, running, html }. A reply that had ended runs again.
// live-socket > conversation-list, message-list
export const LIVE_REPLY_RESUMED = "live:reply.resumed";

// { conversation, reply, attempt, sequence, status, blocks, reasoning, parts, tool_calls }
// live-socket > message-list
export const LIVE_REPLY_PATCH = "live:reply.patch";

// { conversation, reply, running }. Another process makes this reply: fetch its state.
// live-socket > conversation-list, message-list
export const LIVE_REPLY_REMOTE = "live:reply.remote";

// { conversation, title, settings, moved, html }
// live-socket > attachment-cost, conversation-list, message-composer, model-controls, settings-button, settings-sheet
export const LIVE_CONVERSATION_CHANGED = "live:conversation.changed";

// { conversation, undo }. It is in the trash if `undo` names the deletion, else gone for good.
// live-socket > chat-selection, conversation-list, put-away-list, undo-toast
export const LIVE_CONVERSATION_DELETED = "live:conversation.deleted";

// { conversation }. The person has seen its last reply, in any tab.
// live-socket > conversation-list
export const LIVE_CONVERSATION_SEEN = "live:conversation.seen";

// { restored: id[] }. More of the list has changed than one entry; these came back from the trash.
// live-socket > conversation-list, put-away-list, undo-toast
export const LIVE_SIDEBAR_CHANGED = "live:sidebar.changed";

// { conversation, tab, at, written, client_id, text, images }
// live-socket > message-draft
export const LIVE_DRAFT_CHANGED = "live:draft.changed";

// --- The connection

// The socket is open: fetch what was missed.
// live-socket > chat-import, conversation-list, export-state, message-draft, message-list, message-outbox, put-away-list, settings-sheet
export const CONNECTION_OPENED = "connection:opened";

// live-socket > export-state, guard, message-list
export const CONNECTION_LOST = "connection:lost";

// The page is visible again or the machine woke up, and the socket seems to be open.
// live-socket > message-list
export const PAGE_WOKEN = "page:woken";

// --- The session

// The session has expired: nobody is signed in.
// image-chip, live-socket, message-draft, message-list, message-outbox, project-files, prompt-picker, settings-sheet > guard, live-socket
export const SESSION_EXPIRED = "session:expired";

// live-socket, message-outbox > sign-in-again
export const SIGN_IN_REQUESTED = "session:sign-in-requested";

// The person of this page is signed in again.
// sign-in-again > live-socket, message-outbox
export const SESSION_RENEWED = "session:renewed";

// Somebody else is signed in.
// http, live-socket > guard
export const SESSION_TAKEN_OVER = "session:taken-over";

// The person signed out: the page is about to be emptied and must keep nothing.
// guard > message-outbox
export const PERSON_LEFT = "person:left";

// --- The conversation that the page shows

// { url }. The empty page became the page of a conversation.
// conversation > chosen-settings, message-composer, message-draft, settings-button, settings-sheet
export const CONVERSATION_BEGUN = "conversation:begun";

// { title }. The shown conversation has this title.
// conversation-list > conversation-title
export const CONVERSATION_TITLED = "conversation:titled";

// { id, title }. The person renamed it.
// conversation-menu > conversation-list
export const CONVERSATION_RENAMED = "conversation:renamed";

// { conversation, undo }, as LIVE_CONVERSATION_DELETED. The person deleted it in this tab.
// conversation-menu > conversation-list
export const CONVERSATION_DELETED = "conversation:deleted";

// --- Sending a message

// The first message is about to be sent; refused while a setting is wrong.
// message-composer > settings-sheet
export const MESSAGE_SENDING = "message:sending";

// { fields: FormData, chips: image-chip[] }
// message-composer > message-outbox
export const MESSAGE_SUBMITTED = "message:submitted";

// { clientId, messages: html, conversation: { id, url, html } }. The server has the message.
// message-outbox > conversation-list, message-composer, message-draft, message-list
export const MESSAGE_ACCEPTED = "message:accepted";

// { clientId, text, chips: image-chip[] }. The message goes back into the box; refused unless that is empty.
// message-editor, message-outbox > message-composer
export const MESSAGE_RETURNED = "message:returned";

// { clientId }. The person removed the message: it will never be sent.
// message-outbox > message-draft
export const MESSAGE_REMOVED = "message:removed";

// { isUnfinished, stopUrl }. A reply began or ended.
// message-list > message-composer, message-outbox, reading-loader, spoken-reply
export const REPLY_CHANGED = "reply:changed";

// --- Sentences for the person

// { sentence, html }. Below the message box; "" clears it. `html` is a button that helps.
// conversation-menu, dictation-control, image-attacher, message-outbox, printing, prompt-picker, settings-sheet > message-composer
export const HINT_CHANGED = "hint:changed";

// { sentence }. A request failed. The sentence is the server's own, or "" when it was not reached.
// later, message-actions, message-draft, model-controls, printing, prompt-picker, reading-loader, reply-actions, share-dialog, theme-switch > message-composer
export const REQUEST_FAILED = "request:failed";

// { sentence }. For screen readers.
// copy-actions, image-order, reading-tools, settings-sheet, spoken-reply > message-list
export const STATUS_ANNOUNCED = "status:announced";

// --- The message box

// { clientId, text }. The box was emptied, because its message is on its way.
// message-box > message-draft
export const BOX_CLEARED = "box:cleared";

// { clientId }. A message that was not sent is back in the box.
// message-box > message-draft
export const BOX_RESTORED = "box:restored";

// { onTouch }. Focus the box, because the button that was pressed goes; on a touch screen only with `onTouch`.
// conversation-menu, dictation-control, message-list, message-outbox, reading-tools, search-palette, shortcut-actions, shortcut-list, undo-toast > message-composer
export const BOX_REQUESTED = "box:requested";

// Up was pressed in the empty box: edit the last message.
// message-box > message-list
export const EDIT_REQUESTED = "edit:requested";

// --- Images

// An image was attached, uploaded, refused or removed.
// document-pages, image-attacher, image-chip, image-order > attachment-cost, document-pages, message-composer, message-draft, message-editor, pasted-text
export const IMAGES_CHANGED = "images:changed";

// { files: File[] }. Dropped or pasted anywhere on the page, or a pasted text that becomes a file.
// image-drop, message-editor, pasted-text > image-attacher
export const FILES_ADDED = "files:added";

// { link }. The address of an image to attach.
// image-drop, image-link, message-editor > image-attacher
export const IMAGE_LINKED = "image:linked";

// { url, alt }. The description of an image was changed.
// image-description > image-lightbox, message-list
export const IMAGE_DESCRIBED = "image:described";

// Somebody tapped beside the image.
// zoom-pane > image-lightbox
export const ZOOM_TAPPED = "zoom:tapped";

// { step: 1 or -1 }. A swipe to the next or the previous image.
// zoom-pane > image-lightbox
export const ZOOM_SWIPED = "zoom:swiped";

// --- Settings

// { model, thinking }. Chosen beside the message box.
// model-controls > attachment-cost, chosen-settings, settings-sheet
export const MODEL_CHOSEN = "settings:model-chosen";

// { model, thinking } and the others. Chosen in the sheet, in a new chat.
// settings-sheet > attachment-cost, model-controls
export const SETTINGS_EDITED = "settings:edited";

// { isChanged }. Whether a setting that only the sheet shows differs from its default.
// settings-sheet > settings-button
export const SETTINGS_MARKED = "settings:marked";

// { panel }. The sheet has loaded.
// settings-sheet > settings-button
export const SETTINGS_READY = "settings:ready";

// { theme }. The light or the dark theme, or "" for the system's.
// theme-switch > theme-switch
export const THEME_CHOSEN = "theme:chosen";

// --- Diagnostics

// The result of a check has changed.
// socket-check > diagnostics-checks
export const CHECK_CHANGED = "check:changed";

/** Dispatches an event at `target`, from where it bubbles; returns false when a listener refused it. */
export function dispatch(target, type, detail) {
  return target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, cancelable: true }));
}

/** Calls handle(detail, event) for each event of this type that reaches `target`, until the signal aborts. */
export function listen(target, type, handle, signal) {
  target.addEventListener(type, (event) => handle(event.detail, event), { signal });
}
