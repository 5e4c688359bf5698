import "./elements/message-list.js";
import "./elements/picture-attacher.js";
import "./elements/message-box.js";
import "./elements/model-controls.js";
import "./elements/settings-sheet.js";
import "./elements/message-composer.js";
import "./elements/conversation-list.js";
import "./elements/conversation-menu.js";
import "./elements/copy-actions.js";
import "./elements/live-timer.js";
import "./elements/local-time.js";
import "./elements/older-messages.js";
import "./elements/picture-lightbox.js";
import "./elements/side-drawer.js";
import "./elements/theme-switch.js";
// Last: what the socket reports must find its listeners.
import "./elements/live-socket.js";
