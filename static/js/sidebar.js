// What the sidebar does besides listing chats. `lib/later.js` and the list load it when it is needed.

import "./elements/sidebar/chat-selection.js";
import "./elements/sidebar/conversation-menu.js";
import "./elements/sidebar/put-away-list.js";
import "./elements/sidebar/undo-toast.js";
