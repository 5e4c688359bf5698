// The settings of a conversation. `lib/later.js` loads them when they are needed.

import "./elements/settings/settings-sheet.js";
