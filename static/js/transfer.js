// The script of the page for imports and exports. It runs after the first script and shares its modules.

import "./elements/transfer/export-state.js";
import "./elements/transfer/chat-import.js";
