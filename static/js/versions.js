// What changes messages that were sent. `lib/later.js` loads it when it is needed.

import "./elements/images/image-order.js";
import "./elements/messages/message-actions.js";
import "./elements/messages/message-editor.js";
import "./elements/messages/message-menu.js";
import "./elements/messages/undo-offer.js";
