// The tools for reading. `lib/reading-loader.js` loads them when they are needed.

import "./elements/reading/dictation-control.js";
import "./elements/reading/read-aloud.js";
import "./elements/reading/reading-bar.js";
import "./elements/reading/reading-tools.js";
import "./elements/reading/shortcut-list.js";
import "./elements/reading/spoken-reply.js";
