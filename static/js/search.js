// Search and commands. `lib/later.js` loads them when they are needed.

import "./elements/search/search-palette.js";
