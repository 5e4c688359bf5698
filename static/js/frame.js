// The scripts of the pages beside the chat, in any order.

import "./elements/account/show-password.js";
import "./elements/live/live-socket.js";
import "./elements/live/sign-in-again.js";
import "./elements/messages/local-time.js";
import "./elements/owner/owner-notice.js";
import "./elements/sidebar/conversation-list.js";
import "./elements/sidebar/side-drawer.js";
import "./elements/sidebar/theme-switch.js";
import "./lib/guard.js";
import "./lib/later.js";
