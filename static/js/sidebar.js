// The menu of the conversations in the sidebar. `lib/later.js` loads it when it is needed.

import "./elements/sidebar/conversation-menu.js";
