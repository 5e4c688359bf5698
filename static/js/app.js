// First: what another person has left in this tab must be gone before anything looks for it.
import "./guard.js";
import "./elements/messages/message-list.js";
import "./elements/images/image-chip.js";
import "./elements/images/image-attacher.js";
import "./elements/images/image-drop.js";
import "./elements/images/image-link.js";
import "./elements/composer/message-box.js";
import "./elements/composer/model-controls.js";
import "./elements/settings/settings-sheet.js";
import "./elements/composer/message-composer.js";
// Before the outbox, which takes out of the box what it has kept itself.
import "./elements/composer/message-draft.js";
import "./elements/messages/message-outbox.js";
import "./elements/sidebar/conversation-list.js";
import "./elements/sidebar/conversation-menu.js";
import "./elements/messages/copy-actions.js";
import "./elements/messages/live-timer.js";
import "./elements/messages/local-time.js";
import "./elements/messages/older-messages.js";
import "./elements/images/zoom-pane.js";
import "./elements/images/image-description.js";
import "./elements/images/image-lightbox.js";
import "./elements/sidebar/side-drawer.js";
import "./elements/sidebar/theme-switch.js";
import "./elements/live/sign-in-again.js";
import "./elements/owner/socket-check.js";
import "./elements/owner/diagnostics-checks.js";
import "./elements/owner/busy-form.js";
import "./elements/owner/server-card.js";
// Last: what the socket reports must find its listeners.
import "./elements/live/live-socket.js";
