// The script of the page for exports. It runs after the first script and shares its modules.

import "./elements/transfer/export-state.js";
