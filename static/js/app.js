// First: what another person has left in this tab must be gone before anything looks for it.
import "./guard.js";
import "./elements/message-list.js";
import "./elements/picture-chip.js";
import "./elements/picture-attacher.js";
import "./elements/picture-drop.js";
import "./elements/picture-link.js";
import "./elements/message-box.js";
import "./elements/model-controls.js";
import "./elements/settings-sheet.js";
import "./elements/message-composer.js";
// Before the outbox, which takes out of the box what it has kept itself.
import "./elements/message-draft.js";
import "./elements/message-outbox.js";
import "./elements/conversation-list.js";
import "./elements/conversation-menu.js";
import "./elements/copy-actions.js";
import "./elements/live-timer.js";
import "./elements/local-time.js";
import "./elements/older-messages.js";
import "./elements/zoom-pane.js";
import "./elements/picture-description.js";
import "./elements/picture-lightbox.js";
import "./elements/side-drawer.js";
import "./elements/theme-switch.js";
import "./elements/sign-in-again.js";
import "./elements/socket-check.js";
import "./elements/doctor-checks.js";
import "./elements/busy-form.js";
import "./elements/server-card.js";
// Last: what the socket reports must find its listeners.
import "./elements/live-socket.js";
