// Search and commands. `lib/search-loader.js` loads them when they are needed.

import "./elements/search/search-palette.js";
