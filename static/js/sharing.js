// What shares a chat. `lib/later.js` loads it when it is needed.

import "./elements/sharing/share-dialog.js";
